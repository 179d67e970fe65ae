import assert from 'node:assert/strict';
import { waitUntil } from '@marteau/testkit';
import { describeLedger } from '../fixtures/describe-ledger.ts';
import { ana, submission, type Testbed } from '../fixtures/testbed.ts';
import type { Store } from '../index.ts';
import { redisKeys } from '../redis/keys.ts';

async function ended(
  bed: Testbed,
  store: Store,
  project = 'https://git.example.com/team/shop',
): Promise<string> {
  const { id } = await store.runs.submit(submission({ project }));
  await store.runs.cancel(id, ana);
  await waitUntil('its folder to be complete', async () => (await bed.raw.exists(redisKeys.run(id))) === 0);
  return id;
}

async function openRuns(store: Store): Promise<string[]> {
  return (await store.confirmations.open()).map(({ run }) => run);
}

describeLedger('confirmations', {}, (test) => {
  test('a change is being confirmed until it is decided, and asking again changes nothing', async ({
    bed,
    store,
  }) => {
    const [good, bad] = [await ended(bed, store), await ended(bed, store)];
    assert.equal(await store.confirmations.of(bad), null);
    const begun = await store.confirmations.begin(bad, good);
    assert.deepEqual([begun.baseline, begun.decision, begun.repeats], [good, 'undecided', []]);
    const going = { ...begun, repeats: [{ side: 'before' as const, run: good }] };
    await store.confirmations.keep(going);
    assert.deepEqual(await store.confirmations.begin(bad, good), going);
    assert.deepEqual(await openRuns(store), [bad]);

    const decided = { ...going, decision: 'worse' as const, sentence: 'Confirmed worse.' };
    await store.confirmations.keep(decided);
    assert.deepEqual(await store.confirmations.open(), []);
    assert.deepEqual(await store.confirmations.begin(bad, good), decided);
  });

  test('one that Redis forgot goes on where it stood; one that broke off begins anew', async ({
    bed,
    store,
  }) => {
    const [good, bad] = [await ended(bed, store), await ended(bed, store)];
    const begun = await store.confirmations.begin(bad, good);
    await bed.raw.flushall();
    assert.deepEqual(await store.confirmations.begin(bad, good), begun);
    assert.deepEqual(await openRuns(store), [bad]);
    await store.confirmations.keep({
      ...begun,
      decision: 'broken',
      repeats: [{ side: 'before', run: good }],
    });
    const again = await store.confirmations.begin(bad, good);
    assert.deepEqual([again.decision, again.repeats], ['undecided', []]);
  });

  test('a damaged record is named, and begun anew', async ({ bed, store }) => {
    const bad = await ended(bed, store);
    await store.folders.of(bad).put('confirmation.json', '{"v":1');
    await assert.rejects(store.confirmations.of(bad), {
      code: 'record-damaged',
      message: new RegExp(`^confirmation.json of run ${bad} does not fit its schema: `),
    });
    assert.equal((await store.confirmations.begin(bad, 'r1')).decision, 'undecided');
    await store.folders.of(bad).put('confirmation.json', '{"v":1');
    assert.deepEqual(await store.confirmations.open(), []);
  });

  test('pinned runs of a project are found, however old', async ({ bed, store }) => {
    const own = [await ended(bed, store), await ended(bed, store), await ended(bed, store)];
    const other = await ended(bed, store, 'https://git.example.com/team/other');
    for (const id of [own[0]!, own[2]!, other]) await store.runs.pin(id, true);
    const found = await store.runs.pinnedIn('https://git.example.com/team/shop');
    assert.deepEqual(
      found.map(({ id }) => id),
      [own[2], own[0]],
    );
  });
});
