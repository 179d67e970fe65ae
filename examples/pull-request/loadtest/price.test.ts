import assert from 'node:assert/strict';
import { test } from 'node:test';

const target = process.env.MARTEAU_TARGET ?? 'http://127.0.0.1:8080';

test('the price of an apple', async () => {
  const answer = await fetch(`${target}/price/apple`);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /"thing":"apple"/);
});
