import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { renderProblems } from './check/problem.ts';
import { flow } from './check/show.ts';
import { parseFile } from './parse/parse.ts';
import { schemaPaths } from './schema/schema-paths.fixture.ts';

const docs = readFileSync(new URL('../../../docs/marteau-yml.md', import.meta.url), 'utf8');

/** Rows of the tables of fields: | `field` | example | left out | meaning | */
const rows = docs
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 6 && /^`[a-z]/i.test(cells[1] ?? ''))
  .map(([, field = '', example = '', leftOut = '', meaning = '']) => ({
    field: field.slice(1, -1),
    example,
    leftOut,
    meaning,
  }));

test('the docs have every field of the file once, and no other', () => {
  assert.deepEqual(rows.map(({ field }) => field).sort(), [...schemaPaths().keys()].sort());
});

describe('each field in the docs', () => {
  for (const [path, schema] of schemaPaths()) {
    test(path, () => {
      const row = rows.find(({ field }) => field === path);
      assert.ok(row && row.example !== '' && row.meaning !== '');
      if ('default' in schema) assert.equal(row.leftOut, `\`${flow(schema.default)}\``, 'the default');
    });
  }
});

describe('each listing in the docs is a right file', () => {
  const listings = [...docs.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
  assert.ok(listings.length >= 6);
  for (const text of listings) {
    test(text, () => assert.equal(renderProblems(parseFile(text).problems), ''));
  }
});
