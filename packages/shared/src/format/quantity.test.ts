import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBytes, parsePercent, parseRate } from './quantity.ts';

const rows: [(text: string) => number | null, string, number | null][] = [
  [parseRate, '50/s', 50],
  [parseRate, ' 0.5 / s ', 0.5],
  [parseRate, '120/min', 2],
  [parseRate, '60/m', 1],
  [parseRate, '3600/h', 1],
  [parseRate, '50', null],
  [parseRate, '/s', null],
  [parseRate, '-1/s', null],
  [parseRate, '50/sec', null],
  [parseRate, `${'9'.repeat(400)}/s`, null],
  [parseBytes, '500B', 500],
  [parseBytes, '1.5 kB', 1500],
  [parseBytes, '2MiB', 2 * 1024 ** 2],
  [parseBytes, '5', null],
  [parseBytes, '5XB', null],
  [parsePercent, '0%', 0],
  [parsePercent, '12.5 %', 0.125],
  [parsePercent, '100%', 1],
  [parsePercent, '101%', null],
  [parsePercent, '5', null],
];

for (const [parse, text, expected] of rows) {
  test(`${parse.name}('${text.slice(0, 20)}') → ${expected}`, () => assert.equal(parse(text), expected));
}
