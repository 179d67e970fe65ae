import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { draw } from '@marteau/shared';
import { drawThinking, type Thinking } from './thinking.ts';

function drawn(thinking: Thinking): number[] {
  let n = 0;
  const random = () => {
    n += 1;
    return draw(1, n);
  };
  return Array.from({ length: 20_000 }, () => drawThinking(thinking, random)).sort((a, b) => a - b);
}

const at = (sorted: number[], share: number) => sorted[Math.floor(sorted.length * share)]!;
const isNear = (value: number, wanted: number) =>
  assert.ok(Math.abs(value / wanted - 1) < 0.04, `${value} is not near ${wanted}`);

describe('thinking', () => {
  test('about a mean', () => {
    const times = drawn({ mean: 2000 });
    isNear(times.reduce((sum, ms) => sum + ms, 0) / times.length, 2000);
    isNear(at(times, 0.5), 2000 * Math.LN2);
  });

  test('by its median and what 95 % stay below', () => {
    const times = drawn({ median: 1500, p95: 8000 });
    isNear(at(times, 0.5), 1500);
    isNear(at(times, 0.95), 8000);
  });

  test('nothing to think about', () => assert.equal(drawThinking({ median: 0, p95: 100 }), 0));

  const wrong: unknown[] = [{}, null, { mean: -1 }, { mean: Infinity }, { median: 5 }, { median: 5, p95: 1 }];
  for (const each of wrong)
    test(`no distribution: ${JSON.stringify(each)}`, () =>
      assert.throws(() => drawThinking(each as Thinking), /write \{mean: 2000\}/));
});
