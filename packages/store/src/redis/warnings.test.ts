import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { openTestbed, silent } from '../fixtures/testbed.ts';

test('a Redis that may lose the queue is told of in the log and by the store', async () => {
  await using bed = await openTestbed();
  assert.deepEqual(await (await bed.open()).warnings(), []);
  await bed.raw.config('SET', 'appendonly', 'no');
  await bed.raw.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const logged: string[] = [];
  const log = { ...silent, warn: (_fields: object, text: string) => void logged.push(text) };
  const store = await bed.open({ log });
  const [written, kept] = await store.warnings();
  assert.match(written ?? '', /appendonly no: .* Set appendonly yes\.$/);
  assert.match(kept ?? '', /throws keys away.* Set maxmemory-policy noeviction\.$/);
  await waitUntil('both to be logged', () => logged.length === 2);
});
