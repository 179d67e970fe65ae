import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { redisKeys } from '../redis/keys.ts';

const root = join(import.meta.dirname, '..');
const scripts = (readdirSync(root, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.lua'))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

test('the scripts use the keys of redisKeys and no others', () => {
  const known = new Set(Object.keys(redisKeys));
  const used = new Set<string>();
  for (const { file, text } of scripts)
    for (const [, kind] of text.matchAll(/\bkey\('(\w+)'/g)) {
      assert.ok(known.has(kind!), `${file}: ${kind}`);
      used.add(kind!);
    }
  assert.ok(used.size > 30);
  const lib = scripts.find(({ file }) => file.endsWith('lib.lua'))!;
  assert.match(lib.text, /'marteau:1:' \.\. kind/);
  assert.equal(redisKeys.runs(), 'marteau:1:runs');
});

test('every script says at its head what it takes and answers', () => {
  assert.ok(scripts.length > 20);
  for (const { file, text } of scripts.filter(({ file }) => !file.endsWith('lib.lua')))
    for (const word of [/^-- \S/, /^-- args: /m, /^-- returns /m]) assert.match(text, word, file);
});
