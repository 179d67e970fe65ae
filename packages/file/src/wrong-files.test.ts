import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderProblems } from './check/problem.ts';
import { parseFile } from './parse/parse.ts';

const folder = new URL('./wrong-files/', import.meta.url);
const cases = readdirSync(folder).sort();

test('there are at least 40 wrong files', () => {
  assert.ok(cases.length >= 40, `${cases.length} found`);
});

for (const name of cases) {
  test(`wrong file ${name}`, () => {
    const input = readFileSync(new URL(`${name}/input.txt`, folder));
    const expected = readFileSync(new URL(`${name}/expected.txt`, folder), 'utf8');
    const { file, problems } = parseFile(input);
    assert.equal(file, null);
    assert.equal(`${renderProblems(problems)}\n`, expected);
  });
}
