import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

const base = process.env.MARTEAU_TARGET ?? 'http://127.0.0.1:8080';

test('a visit is counted', async () => {
  await setTimeout(100); // think time: ten visitors are about 95 visits a second
  const response = await fetch(`${base}/start`);
  if (response.status === 503) return; // counted as an error; whether there may be any is said in .marteau.yml
  assert.equal(response.status, 200);
  const { visits } = (await response.json()) as { visits: number };
  assert.ok(visits > 0);
});
