import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '@marteau/shared';
import { ben, enterLine, isClosed, mailTo, openTestbed } from '../fixtures/testbed.ts';

test('a delivery is made once, tried again, and shown with its state', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const id = await enterLine(store, {
    recipients: mailTo('ana@example.com', 'Team@example.com', 'gone@example.com'),
  });
  await store.runs.cancel(id, { kind: 'email', id: 'boss@example.com' });
  await store.reconcile();
  const jobs = (await bed.raw.keys('marteau:1:bullmq:notify:mail-*')).map((key) => key.replace(/.*:/, ''));
  assert.deepEqual(
    jobs.sort(),
    [0, 1, 2].map((n) => `mail-${id}-${n}`),
  );

  const other = await bed.open();
  const claims = await Promise.all(
    [store, other].map((one) => one.deliveries.claim({ delivery: `${id}/0` })),
  );
  const [mail] = claims.filter((claim) => claim !== null);
  assert.equal(claims.filter(Boolean).length, 1, 'one alone sends it');
  assert.equal(mail?.to, 'ana@example.com');
  assert.deepEqual([mail?.kind, mail?.try], ['mail', 1]);
  await store.deliveries.retry(mail!, '451 try again later');
  assert.equal(await store.deliveries.claim({ delivery: `${id}/0` }), null, 'not due yet');
  await bed.raw.zadd('marteau:1:outbox', 0, `${id}/0`);
  const again = await store.deliveries.claim({ delivery: `${id}/0` });
  assert.deepEqual([again?.id, again?.try], [mail?.id, 2]);
  await store.deliveries.sent(again!, { detail: '250 ok', page: null });

  const team = await store.deliveries.claim({ delivery: `${id}/1` });
  assert.notEqual(team?.id, mail?.id);
  await store.deliveries.sent(team!, { detail: 'outbox/1.eml', page: '/outbox/1' });
  await store.deliveries.refused(
    (await store.deliveries.claim({ delivery: `${id}/2` }))!,
    '550 no such user',
  );
  const kind = 'mail';
  const deliveries = [
    { kind, to: 'ana@example.com', state: 'sent', tries: 2, detail: '250 ok', page: null },
    { kind, to: 'Team@example.com', state: 'sent', tries: 1, detail: 'outbox/1.eml', page: '/outbox/1' },
    { kind, to: 'gone@example.com', state: 'refused', tries: 1, detail: '550 no such user', page: null },
  ];
  await isClosed(bed, store, id);
  assert.deepEqual(await store.deliveries.of(id), deliveries);
  assert.deepEqual((await store.runs.get(id))?.deliveries, deliveries);
  assert.deepEqual(JSON.parse((await store.folders.of(id).text('run.json'))!).deliveries, deliveries);
  assert.equal(await bed.raw.zcard('marteau:1:outbox'), 0);
});

test('a notifier that dies: the mail is due again when its lease ends', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const id = await enterLine(store);
  await store.runs.cancel(id, ben);
  await store.deliveries.claim({ delivery: `${id}/0` });
  const due = Number(await bed.raw.zscore('marteau:1:outbox', `${id}/0`));
  assert.ok(due > Date.now() + 30_000 && due < Date.now() + 90_000);
});

test('after three days a mail is refused with the last reason', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const id = await enterLine(store);
  await store.runs.cancel(id, ben);
  const old = JSON.stringify({
    to: 'ana@example.com',
    state: 'waiting',
    detail: '',
    tries: 99,
    since: Date.now() - 4 * 86_400_000,
  });
  await bed.raw.hset(`marteau:1:mails:${id}`, '0', old);
  await store.deliveries.retry(
    (await store.deliveries.claim({ delivery: `${id}/0` }))!,
    'connect ECONNREFUSED',
  );
  assert.deepEqual(await store.deliveries.of(id), [
    // As 0.1.0 wrote it, without a kind: a mail.
    {
      kind: 'mail',
      to: 'ana@example.com',
      state: 'refused',
      tries: 100,
      detail: 'connect ECONNREFUSED',
      page: null,
    },
  ]);
});

test('a delivery that is settled while its run is closed: the record follows it, whoever finishes last', async () => {
  await using bed = await openTestbed();
  const [store, slow] = [await bed.open(), await bed.open()];
  const id = await enterLine(store);
  const written = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const of = slow.folders.of.bind(slow.folders);
  slow.folders.of = (run) => {
    const folder = of(run);
    const put: typeof folder.put = async (...file) => {
      if (file[0] === 'run.json') {
        written.resolve();
        await goOn.promise;
      }
      return folder.put(...file);
    };
    return { ...folder, put };
  };
  await slow.runs.cancel(id, ben); // and closes it: it has read that the mail waits, and writes that down slowly
  await written.promise;
  await store.deliveries.sent((await store.deliveries.claim({ delivery: `${id}/0` }))!, {
    detail: '250 ok',
    page: null,
  });
  await isClosed(bed, store, id);
  goOn.resolve();
  await slow.close();
  await store.reconcile();
  const states = (run: Run) => run.deliveries.map(({ state }) => state);
  assert.deepEqual(states((await store.runs.get(id))!), ['sent']);
  assert.deepEqual(states(JSON.parse((await store.folders.of(id).text('run.json'))!)), ['sent']);
});

test('deleting a run takes its waiting mails with it', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const id = await enterLine(store);
  await store.runs.cancel(id, ben);
  const claimed = await store.deliveries.claim({ delivery: `${id}/0` });
  await store.runs.remove(id);
  assert.equal(await bed.raw.zcard('marteau:1:outbox'), 0);
  await store.deliveries.sent(claimed!, { detail: '250 ok', page: null });
  assert.deepEqual(await store.deliveries.of(id), []);
  for (const odd of ['', 'x', `${id}/9`]) assert.equal(await store.deliveries.claim({ delivery: odd }), null);
});
