import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { renderProblems } from './check/problem.ts';
import { parseFile } from './parse/parse.ts';
import { mergeFiles } from './resolve/merge.ts';
import type { PartialFile } from './schema/file.ts';
import { schemaPaths } from './schema/schema-paths.fixture.ts';

const text = readFileSync(new URL('../../../.marteau.yml.example', import.meta.url), 'utf8');

/** Runs of lines like `#name:` and what is indented below them: what a reader may un-comment. */
const alternatives = text
  .split(/\n(?!#)|\n(?=# \S)/)
  .map((block) => block.split('\n').filter((line) => /^#([a-z]| {2})/i.test(line)))
  .map((lines) => lines.map((line) => line.slice(1)).join('\n'))
  .filter((block) => /^[a-z]/i.test(block));

function expectRight(yaml: string): void {
  const { problems } = parseFile(yaml);
  assert.equal(renderProblems(problems), '');
}

test('the example is a right file and begins with the eight lines that most people need', () => {
  expectRight(text);
  const lines = text.split('\n');
  assert.ok(lines.slice(0, 8).every((line) => /^[a-z]+: /.test(line)));
  assert.equal(lines[8], '');
});

describe('each alternative, un-commented', () => {
  const file = parseYaml(text) as PartialFile;
  assert.ok(alternatives.length > 30, `${alternatives.length} alternatives found`);
  for (const block of alternatives) {
    test(block, () => expectRight(JSON.stringify(mergeFiles(file, parseYaml(block) as PartialFile))));
  }
});

test('the example shows every field, and no other', () => {
  const shown = new Set<string>();
  for (const block of [text, ...alternatives]) collect(parseYaml(block), '', shown);
  const fields = [...schemaPaths().keys()];
  assert.deepEqual(
    fields.filter((path) => !shown.has(path)),
    [],
  );
});

function collect(value: unknown, path: string, shown: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, `${path}[]`, shown);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value)) {
      const place = path === '' ? name : `${path}.${name}`;
      shown.add(place);
      collect(field, place, shown);
      collect(field, `${path}.NAME`, shown);
    }
  }
}
