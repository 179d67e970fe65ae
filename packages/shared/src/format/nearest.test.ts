import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

const fields = ['duration', 'script', 'cycles', 'app', 'load', 'target', 'targets'];

const rows: [string, string | null][] = [
  ['durration', 'duration'],
  ['duraiton', 'duration'],
  ['Duration', 'duration'],
  ['scrpt', 'script'],
  ['cycle', 'cycles'],
  ['tragets', 'targets'],
  ['ap', 'app'],
  ['xyz', null],
  ['flavour', null],
  ['', null],
  ['x'.repeat(100_000), null],
];

for (const [word, expected] of rows) {
  test(`'${word.slice(0, 20)}' → ${expected}`, () => assert.equal(nearest(word, fields), expected));
}
