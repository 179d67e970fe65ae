import assert from 'node:assert/strict';
import { describeLedger } from '../fixtures/describe-ledger.ts';
import { shareOn } from '../fixtures/testbed.ts';

describeLedger('repairs', {}, (test) => {
  test('what a share may change is for anybody to put back once it holds nothing any more', async ({
    store,
  }) => {
    const lease = await shareOn(store, 'one');
    const state = { kind: 'toxiproxy', control: 'http://chaos', proxy: 'db', enabled: true };
    await store.repairs.keep({ place: 'http://chaos db', lease, state });
    assert.deepEqual(await store.repairs.left(Date.now()), [], 'it is still at work');
    await store.ledger.done(lease);
    const left = await store.repairs.left(Date.now());
    assert.deepEqual(left, [{ place: 'http://chaos db', lease, state, tries: 0 }]);
    await store.repairs.tried(left[0]!, Date.now() + 60_000);
    assert.deepEqual(await store.repairs.left(Date.now()), [], 'it is not tried again at once');
    const later = await store.repairs.left(Date.now() + 60_001);
    assert.deepEqual(later, [{ place: 'http://chaos db', lease, state, tries: 1 }]);
    await store.repairs.forget(left[0]!);
    assert.deepEqual(await store.repairs.left(Date.now()), []);
  });

  test('of one place the last that was written counts, and who wrote before it takes nothing away', async ({
    store,
  }) => {
    const [first, second] = [await shareOn(store, 'one'), await shareOn(store, 'two')];
    await store.repairs.keep({ place: 'db', lease: first, state: 1 });
    await store.repairs.keep({ place: 'db', lease: second, state: 2 });
    await store.repairs.forget({ place: 'db', lease: first });
    for (const lease of [first, second]) await store.ledger.done(lease);
    assert.deepEqual(
      (await store.repairs.left(Date.now())).map(({ state }) => state),
      [2],
    );
  });

  test('another store finds it, too', async ({ bed, store }) => {
    const lease = await shareOn(store, 'one');
    await store.repairs.keep({ place: 'db', lease, state: { a: 1 } });
    const kept = JSON.parse((await bed.raw.hget('marteau:1:repairs', 'db')) ?? '');
    assert.deepEqual(kept, { hold: lease, state: { a: 1 } }, 'as every version writes it');
    await store.ledger.done(lease);
    const other = await bed.open();
    assert.deepEqual(
      (await other.repairs.left(Date.now())).map(({ place }) => place),
      ['db'],
    );
  });
});
