import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { ana, enterLine, isClosed, mailTo, openTestbed, submission } from '../fixtures/testbed.ts';

const cause: Cause = {
  kind: 'pull',
  ref: 'quick',
  sha: 'a'.repeat(40),
  context: 'marteau/Shop',
  pull: { number: 7, baseRef: 'main', comment: 'on-change', strict: false },
};

test('a status is told from the beginning, and anew at the end, by one at a time', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const run = await store.runs.submit(submission({ cause }));
  assert.deepEqual((await store.runs.get(run.id))?.cause, cause);
  const status = `${run.id}/0`;
  const claim = () => store.deliveries.claim({ delivery: status });
  const first = await claim();
  assert.deepEqual([first?.kind, first?.to, first?.try], ['status', 'marteau/Shop', 1]);
  await store.runs.cancel(run.id, { kind: 'email', id: 'boss@example.com' });
  assert.equal(await claim(), null, 'the first try is on its way');
  await store.deliveries.sent(first!, { detail: 'pending', page: null });
  const second = await claim();
  assert.deepEqual([second?.try, second!.turn > first!.turn], [1, true]);
  await store.deliveries.sent(second!, { detail: 'cancelled', page: null });
  const comment = await store.deliveries.claim({ delivery: `${run.id}/1` });
  assert.deepEqual([comment?.kind, comment?.to], ['comment', '#7']);
  await store.deliveries.retry(comment!, 'asks for a pause', 60_000);
  const due = Number(await bed.raw.zscore('marteau:1:tellings', `${run.id}/1`));
  assert.ok(due - Date.now() > 50_000);
  const told = (await store.deliveries.of(run.id)).map(({ kind, state }) => [kind, state]);
  assert.deepEqual(told, [
    ['status', 'sent'],
    ['comment', 'waiting'],
    ['mail', 'waiting'],
  ]);
  await isClosed(bed, store, run.id);
});

test('who is told stays in its place when the file names more, and a status that is settled closes no run', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const id = await enterLine(store, { recipients: mailTo('team@example.com') }, { cause });
  const first = await store.deliveries.claim({ delivery: `${id}/0` });
  await store.deliveries.sent(first!, { detail: 'pending', page: null });
  await store.reconcile();
  assert.equal((await store.runs.get(id))?.state, 'waiting');
  await store.runs.cancel(id, ana);
  const told = (await store.deliveries.of(id)).map(({ kind, to }) => `${kind} ${to}`);
  assert.deepEqual(told, ['status marteau/Shop', 'comment #7', 'mail team@example.com']);
});

test('what is due gets its job, each kind where it is done', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const run = await store.runs.submit(submission({ cause }));
  await store.runs.cancel(run.id, { kind: 'email', id: 'boss@example.com' });
  await store.deliveries.addDue();
  await store.reconcile();
  const jobs = async () =>
    (await bed.raw.keys('marteau:1:bullmq:*')).flatMap(
      (key) => /bullmq:(?:tell|notify):((?:tell|mail)-.*)$/.exec(key)?.[1] ?? [],
    );
  await waitUntil('the jobs', async () => (await jobs()).length === 3);
  assert.deepEqual(
    (await jobs()).toSorted(),
    [0, 1, 2].map((n) => `${n < 2 ? 'tell' : 'mail'}-${run.id}-${n}`).toSorted(),
  );
});
