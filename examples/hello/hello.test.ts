import assert from 'node:assert/strict';
import { test } from 'node:test';

test('the front page answers', async () => {
  const response = await fetch(process.env.MARTEAU_TARGET ?? 'http://127.0.0.1:8080');
  assert.equal(response.status, 200);
});
