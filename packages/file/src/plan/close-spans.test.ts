import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseFile } from '../parse/parse.ts';
import { resolveFile } from '../resolve/resolve.ts';
import { closeSpans } from './close-spans.ts';

function spansOf(timeline: string) {
  const text = `script: a.test.ts\napp: {command: x}\ncycles: 1\nduration: 4h\nproxies: {db: {upstream: "a:1"}}\nchaos: {timeline: [${timeline}]}`;
  const { file, problems } = resolveFile(parseFile(Buffer.from(text)).file!);
  assert.deepEqual(problems, []);
  return closeSpans(file!.chaos);
}

const fault = (more: string) => `{${more}, proxy: db, behavior: hang, expect: {recoverWithin: 5s}}`;

describe('what is looked at closely', () => {
  const rows: [name: string, timeline: string, wanted: [from: number, to: number][]][] = [
    ['half a minute around a fault', fault('at: 1h, for: 20s'), [[3569, 3651]]],
    ['longer where it may take longer', fault('at: 10s, for: 5s').replace('5s}', '60s}'), [[0, 87]]],
    ['none of which nothing is expected', '{at: 1m, for: 5s, proxy: db, behavior: hang}', []],
    ['neighbours as one', `${fault('at: 2m, for: 5s')}, ${fault('at: 150s, for: 5s')}`, [[89, 186]]],
  ];
  for (const [name, timeline, wanted] of rows) {
    test(name, () =>
      assert.deepEqual(
        spansOf(timeline).map(({ from, to }) => [from, to]),
        wanted,
      ),
    );
  }

  test('of many only so many as 1,200 seconds hold', () => {
    const spans = spansOf(fault('at: 5m, for: 5s, every: 5m'));
    assert.equal(spans.length, Math.floor(1200 / 67));
    const [all] = spansOf(fault('at: 1m, for: 5s, every: 20s'));
    assert.ok(all!.to - all!.from > 1150 && all!.to - all!.from <= 1200);
  });
});
