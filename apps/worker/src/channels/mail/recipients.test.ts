import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipientsOf } from './recipients.ts';

test('mails everybody once, and nobody whose address is none', () => {
  const file = ['ANA@example.com', 'team@example.com', 'a@b.c, d@e.f', ' team@example.com '];
  assert.deepEqual(recipientsOf('ana@example.com', file), [
    { kind: 'mail', to: 'ana@example.com' },
    { kind: 'mail', to: 'team@example.com' },
  ]);
  assert.deepEqual(recipientsOf(null, []), []);
});

test('mails ten addresses of a file and the submitter, and no more', () => {
  const many = Array.from({ length: 100 }, (_, index) => `victim${index}@example.com`);
  assert.equal(recipientsOf('ana@example.com', many).length, 11);
});
