import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readHistograms, timesAt } from '@marteau/measure';
import type { Target } from '../target.ts';

const example = new URL('../../formats/measurements-1.json', import.meta.url);
const ONE = 'HISTFAAAACJ4nJNpmSzMwMDAxQABzFCaEUzOmNZg/wEi0H2JlQkAVHEF1w==';

/**
 * An encoded histogram in what a share hands in. It is refused as no HdrHistogram, or its quantiles are numbers in their
 * order; and whatever was read before, the next one is read as it is.
 */
export const target: Target = {
  name: 'histogram',
  run(bytes) {
    const before = quantiles(ONE);
    const found = quantiles(bytes.toString('base64'));
    assert.deepEqual(quantiles(ONE), before);
    for (const [i, quantile] of found?.entries() ?? [])
      assert.ok(Number.isFinite(quantile) && quantile >= (found![i - 1] ?? 0), `quantiles ${found}`);
  },
  seeds: () =>
    [...readFileSync(example, 'utf8').matchAll(/"histogram": "([^"]+)"/g)].map(([, base64]) =>
      Buffer.from(base64!, 'base64'),
    ),
  dictionary: [
    '\x1c\x84\x93\x14',
    '\x1c\x84\x93\x03',
    '\x78\x01\x01',
    '\x78\x9c',
    '\xff\xff\xff\xff\xff\xff\xff\xff\x7f',
  ],
};

function quantiles(base64: string): number[] | null {
  try {
    return timesAt(readHistograms([base64]), [0, 0.5, 0.95, 1]) as number[];
  } catch (error) {
    if (!/HdrHistogram/.test((error as Error).message)) throw error;
    return null;
  }
}
