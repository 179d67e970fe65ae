import assert from 'node:assert/strict';
import { test } from 'node:test';

test('asks', async () => {
  const response = await fetch('/');
  assert.equal(await response.text(), 'ok\n');
});
