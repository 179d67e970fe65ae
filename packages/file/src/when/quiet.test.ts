import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseQuiet, quietAt } from './quiet.ts';

describe('quiet hours', () => {
  // 30 November 2026 is a Monday; Berlin is an hour ahead of UTC then.
  for (const [text, now, until, does = 'delay'] of [
    ['mon-fri 08:00-18:00 Europe/Berlin', '2026-11-30T07:00Z', '2026-11-30T17:00Z'],
    ['mon-fri 08:00-18:00 Europe/Berlin', '2026-11-30T06:59Z', null],
    ['mon-fri 08:00-18:00 Europe/Berlin', '2026-11-30T17:00Z', null],
    ['mon-fri 08:00-18:00 Europe/Berlin', '2026-11-29T12:00Z', null],
    ['22:00-06:00', '2026-11-30T23:30Z', '2026-12-01T06:00Z'],
    ['22:00-06:00', '2026-12-01T05:59Z', '2026-12-01T06:00Z'],
    ['sun 22:00-06:00 skip', '2026-11-30T05:00Z', '2026-11-30T06:00Z', 'skip'],
    ['mon 22:00-06:00', '2026-11-30T05:00Z', null],
    ['fri-mon 00:00-24:00', '2026-11-30T12:00Z', '2026-12-01T00:00Z'],
    ['until 2026-12-24T18:00+01:00 skip', '2026-12-24T16:59Z', '2026-12-24T17:00Z', 'skip'],
    ['until 2026-12-24T18:00+01:00', '2026-12-24T17:00Z', null],
    ['08:00-09:00; 08:00-12:00\n08:00-10:00 skip', '2026-11-30T08:30Z', '2026-11-30T10:00Z', 'skip'],
    ['', '2026-11-30T08:30Z', null],
  ] as const) {
    test(`${text} at ${now}`, () => {
      const found = quietAt(parseQuiet(text), Date.parse(now));
      assert.deepEqual(found, until === null ? null : { until: Date.parse(until), does });
    });
  }

  for (const text of [
    '8-18',
    'mon-fri',
    'monday 08:00-18:00',
    '08:00-08:00',
    '25:00-26:00',
    '08:00-18:00 Mars/Base',
    'until tomorrow',
    'until 2026-12-24T18:00',
    '08:00-18:00 UTC later',
  ])
    test(`${text} is none`, () => {
      assert.throws(() => parseQuiet(text), /says no quiet hours\. They are written so/);
    });
});
