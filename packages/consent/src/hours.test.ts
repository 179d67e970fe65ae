import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWithin, parseHours } from './hours.ts';

for (const [hours, at, expected] of [
  ['Mon-Fri 08:00-18:00 Europe/Berlin', '2026-12-01T06:59:00Z', false],
  ['Mon-Fri 08:00-18:00 Europe/Berlin', '2026-12-01T07:00:00Z', true],
  ['Mon-Fri 08:00-18:00 Europe/Berlin', '2026-07-01T06:00:00Z', true],
  ['Mon-Fri 08:00-18:00 Europe/Berlin', '2026-12-01T17:00:00Z', false],
  ['Mon-Fri 08:00-18:00 Europe/Berlin', '2026-12-05T10:00:00Z', false],
  ['22:00-06:00 UTC', '2026-12-01T23:30:00Z', true],
  ['22:00-06:00 UTC', '2026-12-01T05:59:00Z', true],
  ['22:00-06:00 UTC', '2026-12-01T06:00:00Z', false],
  ['Fri 22:00-06:00 UTC', '2026-12-05T03:00:00Z', true],
  ['Fri 22:00-06:00 UTC', '2026-12-04T03:00:00Z', false],
  ['Sat-Mon,Wed 0:00-24:00 America/New_York', '2026-12-01T04:30:00Z', true],
  ['Sat-Mon,Wed 0:00-24:00 America/New_York', '2026-12-01T05:30:00Z', false],
] as const)
  test(`${at} ${expected ? 'is' : 'is not'} in ${hours}`, () =>
    assert.equal(isWithin(parseHours(hours), Date.parse(at)), expected));

for (const wrong of [
  '',
  '08:00-18:00',
  'Mon-Fri 8-18 UTC',
  '25:00-26:00 UTC',
  '08:60-09:00 UTC',
  '08:00-08:00 UTC',
  'Mo-Fr 08:00-18:00 UTC',
  'Mon-Fri 08:00-18:00 Europe/Nowhere',
])
  test(`"${wrong}" are no hours`, () =>
    assert.throws(() => parseHours(wrong), { name: 'UnreadableConsent' }));
