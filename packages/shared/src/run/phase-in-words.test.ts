import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phaseInWords } from './phase-in-words.ts';

for (const [leftMs, wanted] of [
  [undefined, 'measuring: 10 users (2 of 4)'],
  [79_100, 'measuring: 10 users (2 of 4), about 1 min 20 s left'],
  [400, 'measuring: 10 users (2 of 4)'],
] as const)
  test(`${leftMs} ms are left of what a run does`, () => {
    const phase = { name: 'measuring', progress: 0.5, detail: '10 users (2 of 4)' };
    assert.equal(phaseInWords(leftMs === undefined ? phase : { ...phase, leftMs }), wanted);
  });
