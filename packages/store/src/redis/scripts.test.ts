import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scripts } from '../fixtures/scripts.ts';

test('every script says at its head what it takes and answers', () => {
  assert.ok(scripts.length > 20);
  for (const { file, text } of scripts.filter(({ file }) => !file.endsWith('lib.lua')))
    for (const word of [/^-- \S/, /^-- args: /m, /^-- returns /m]) assert.match(text, word, file);
});
