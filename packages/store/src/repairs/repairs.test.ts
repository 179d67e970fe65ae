import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { enterLine, joinNode, openTestbed, shares, type Testbed } from '../fixtures/testbed.ts';
import type { ShareLease, Store } from '../index.ts';

let bed: Testbed;
let store: Store;
before(async () => {
  bed = await openTestbed();
});
beforeEach(async () => {
  await bed.reset();
  store = await bed.open();
});
after(() => bed[Symbol.asyncDispose]());

async function underLoad(name: string): Promise<ShareLease> {
  const id = await enterLine(store);
  const node = await joinNode(store, name);
  await waitUntil('its node', async () => {
    await store.reconcile();
    return (await store.ledger.attempt(id))?.nodes.length === 1;
  });
  return (await shares(store, id, [node]))[0]!;
}

test('what a share may change is for anybody to put back once it holds nothing any more', async () => {
  const lease = await underLoad('one');
  const state = { kind: 'toxiproxy', control: 'http://chaos', proxy: 'db', enabled: true };
  await store.repairs.keep({ place: 'http://chaos db', lease, state });
  assert.deepEqual(await store.repairs.left(), [], 'it is still at work');
  await store.ledger.done(lease);
  const left = await store.repairs.left();
  assert.deepEqual(left, [{ place: 'http://chaos db', lease, state }]);
  await store.repairs.forget(left[0]!);
  assert.deepEqual(await store.repairs.left(), []);
});

test('of one place the last that was written counts, and who wrote before it takes nothing away', async () => {
  const [first, second] = [await underLoad('one'), await underLoad('two')];
  await store.repairs.keep({ place: 'db', lease: first, state: 1 });
  await store.repairs.keep({ place: 'db', lease: second, state: 2 });
  await store.repairs.forget({ place: 'db', lease: first });
  for (const lease of [first, second]) await store.ledger.done(lease);
  assert.deepEqual(
    (await store.repairs.left()).map(({ state }) => state),
    [2],
  );
});

test('another store finds it, too', async () => {
  const lease = await underLoad('one');
  await store.repairs.keep({ place: 'db', lease, state: { a: 1 } });
  await store.ledger.done(lease);
  const other = await bed.open();
  assert.deepEqual(
    (await other.repairs.left()).map(({ place }) => place),
    ['db'],
  );
});
