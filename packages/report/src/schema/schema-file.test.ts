import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Results } from './results.ts';

const file = new URL('../../../../docs/results.schema.json', import.meta.url);

test('docs/results.schema.json is the schema in use', () => {
  assert.deepEqual(
    JSON.parse(readFileSync(file, 'utf8')),
    JSON.parse(JSON.stringify(Results)),
    'write it anew: node scripts/write-results-schema.ts',
  );
});
