import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { joinNode, openTestbed, prepare, stateOf, submission, type Testbed } from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';

const HEARD = 'marteau:1:heard';
const SILENCE = 'marteau:1:silence';

/** Somebody prepares a run and died: nobody keeps the lease alive, and this test says when it ended. */
async function dead(
  bed: Testbed,
  store: Store,
): Promise<{ id: string; endedBefore(ms: number): Promise<void> }> {
  const { id } = await store.runs.submit(submission());
  await prepare(store, id);
  return {
    id,
    endedBefore: async (ms) => void (await bed.raw.zadd('marteau:1:desk', (await nowOf(bed)) - ms, id)),
  };
}

async function nowOf({ raw }: Testbed): Promise<number> {
  const [seconds, micros] = await raw.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

test('a lease ends so much later as no worker was heard of', async () => {
  await using bed = await openTestbed();
  const store = await bed.open({ rules: { leaseMs: 60_000 } });
  const { id, endedBefore } = await dead(bed, store);

  await bed.raw.set(HEARD, (await nowOf(bed)) - 600_000);
  await endedBefore(500_000);
  await store.reconcile('ledger');
  assert.equal(await stateOf(store, id), 'preparing', 'its lease ended in the silence');
  assert.ok(Number(await bed.raw.get(SILENCE)) >= 600_000);
  assert.ok((await bed.raw.pttl(SILENCE)) <= 60_000, 'a lease later all had time to speak');

  await endedBefore(700_000);
  await store.reconcile('ledger');
  assert.equal(await stateOf(store, id), 'queued', 'it was dead before the silence');
});

test('silences in a row add up, and a short one is none', async () => {
  await using bed = await openTestbed();
  const store = await bed.open({ rules: { leaseMs: 60_000 } });
  const { id, endedBefore } = await dead(bed, store);
  for (let silence = 1; silence <= 2; silence++) {
    await bed.raw.set(HEARD, (await nowOf(bed)) - 300_000);
    await store.reconcile('ledger');
  }
  await endedBefore(500_000);
  await store.reconcile('ledger');
  assert.equal(await stateOf(store, id), 'preparing');

  await bed.raw.del(SILENCE);
  await bed.raw.set(HEARD, (await nowOf(bed)) - 1000);
  await store.reconcile('ledger');
  assert.equal(await stateOf(store, id), 'queued');
});

test('a worker that only beats is heard of: that nobody looked after the ledger is no silence', async () => {
  await using bed = await openTestbed();
  const store = await bed.open({ rules: { leaseMs: 60_000 } });
  const { id, endedBefore } = await dead(bed, store);
  await joinNode(store, 'n1');
  const from = await nowOf(bed);
  await waitUntil('a heartbeat', async () => Number(await bed.raw.get(HEARD)) > from);
  await bed.raw.del(SILENCE); // of a machine that stood still
  await endedBefore(1);
  await store.reconcile('ledger');
  assert.equal(await stateOf(store, id), 'queued');
});
