import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Value } from 'typebox/value';
import { parse as parseYaml } from 'yaml';
import { explain } from '../check/explain.ts';
import type { Schema } from '../check/wanted.ts';
import { APP_OF_THE_REPOSITORY, CHAOS_FOR_THE_APP, LOAD_TEST_AGAINST_STAGING } from '../examples.fixture.ts';
import { MarteauFile } from './file.ts';
import { fileJsonSchema } from './json-schema.ts';
import { schemaPaths } from './schema-paths.fixture.ts';

const published = JSON.parse(
  readFileSync(new URL('../../../../docs/marteau.schema.json', import.meta.url), 'utf8'),
);

describe('every field', () => {
  for (const [path, schema] of schemaPaths()) {
    test(path, () => {
      assert.match(schema.description ?? '', /^[^\n]{10,}\.$/, 'has a description for editors');
      const shown = [...(schema.examples ?? []), ...('default' in schema ? [schema.default] : [])];
      assert.ok(shown.length > 0, 'has an example or a default');
      for (const value of shown) {
        assert.deepEqual(explain(schema, value), [], `${JSON.stringify(value)} is right`);
        assert.ok(Value.Check(schema, value));
      }
    });
  }
});

test('the branches of each union differ in type, so that a value picks its branch', () => {
  const seen: string[] = [];
  walk(MarteauFile as Schema, (schema) => {
    const types = schema.anyOf?.map((branch) => (branch.enum ? 'string' : (branch.type ?? 'union')));
    if (!types) return;
    assert.equal(new Set(types).size, types.length, `${types}`);
    seen.push(String(types));
  });
  assert.ok(seen.length > 10);
});

describe('the JSON Schema for editors', () => {
  test('is the one that is published; npm exec node scripts/write-file-schema.ts writes it', () => {
    assert.deepEqual(published, JSON.parse(JSON.stringify(fileJsonSchema())));
  });
  test('has none of our own keywords', () => {
    assert.doesNotMatch(JSON.stringify(published.properties), /"(grammar|key|patternProperties|~kind)":/);
  });
  test('accepts the examples', () => {
    for (const text of [LOAD_TEST_AGAINST_STAGING, APP_OF_THE_REPOSITORY, CHAOS_FOR_THE_APP]) {
      assert.ok(Value.Check(published, parseYaml(text)), text);
    }
  });
  test('refuses what is wrong, also in a profile', () => {
    const wrong = [
      {},
      { script: 'a.rb' },
      { script: 'a.ts', durration: '2m' },
      { script: 'a.ts', duration: '2 minutes' },
      { script: 'a.ts', env: { 'A-B': '1' } },
      { script: 'a.ts', profiles: { smoke: { script: 'a.rb' } } },
      { script: 'a.ts', profiles: { smoke: { foo: 1 } } },
    ];
    for (const file of wrong) assert.ok(!Value.Check(published, file), JSON.stringify(file));
  });
});

function walk(schema: Schema, visit: (schema: Schema) => void): void {
  visit(schema);
  const { anyOf = [], items, properties = {}, patternProperties = {} } = schema;
  const parts = [
    ...anyOf,
    ...(items ? [items] : []),
    ...Object.values(properties),
    ...Object.values(patternProperties),
  ];
  for (const part of parts) walk(part, visit);
}
