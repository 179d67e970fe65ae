import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { ben, enterLine, openTestbed } from '../fixtures/testbed.ts';

test('a mail is sent once, retried with the same Message-ID, and shown with its state', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const id = await enterLine(store, {
    recipients: ['ana@example.com', 'Team@example.com', 'gone@example.com'],
  });
  await store.runs.cancel(id, { kind: 'email', id: 'boss@example.com' });
  await store.reconcile();
  const jobs = (await bed.raw.keys('marteau:1:bullmq:notify:mail-*')).map((key) => key.replace(/.*:/, ''));
  assert.deepEqual(
    jobs.sort(),
    [0, 1, 2].map((n) => `mail-${id}-${n}`),
  );

  const other = await bed.open();
  const claims = await Promise.all([store, other].map((one) => one.outbox.claim(`${id}/0`)));
  const [mail] = claims.filter((claim) => claim !== null);
  assert.equal(claims.filter(Boolean).length, 1, 'one alone sends it');
  assert.equal(mail?.to, 'ana@example.com');
  assert.match(mail?.messageId ?? '', new RegExp(`^<${id}\\.[0-9a-f]{16}@marteau>$`));
  await store.outbox.retry(mail!, '451 try again later');
  assert.equal(await store.outbox.claim(`${id}/0`), null, 'not due yet');
  await bed.raw.zadd('marteau:1:outbox', 0, `${id}/0`);
  const again = await store.outbox.claim(`${id}/0`);
  assert.deepEqual([again?.messageId, again?.try], [mail?.messageId, 2]);
  await store.outbox.sent(again!, '250 ok');

  const team = await store.outbox.claim(`${id}/1`);
  assert.notEqual(team?.messageId, mail?.messageId);
  await store.outbox.sent(team!, 'data/outbox/1.eml');
  await store.outbox.refused((await store.outbox.claim(`${id}/2`))!, '550 no such user');
  const mails = [
    { to: 'ana@example.com', state: 'sent', detail: '250 ok' },
    { to: 'Team@example.com', state: 'sent', detail: 'data/outbox/1.eml' },
    { to: 'gone@example.com', state: 'refused', detail: '550 no such user' },
  ];
  await waitUntil('all to be closed', async () => {
    await store.reconcile();
    return (await bed.raw.exists(`marteau:1:mails:${id}`)) === 0;
  });
  assert.deepEqual(await store.outbox.of(id), mails);
  assert.deepEqual((await store.runs.get(id))?.mails, mails);
  assert.deepEqual(JSON.parse((await store.folders.of(id).text('run.json'))!).mails, mails);
  assert.equal(await bed.raw.zcard('marteau:1:outbox'), 0);
});

test('a notifier that dies: the mail is due again when its lease ends', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const id = await enterLine(store);
  await store.runs.cancel(id, ben);
  await store.outbox.claim(`${id}/0`);
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
  await store.outbox.retry((await store.outbox.claim(`${id}/0`))!, 'connect ECONNREFUSED');
  assert.deepEqual(await store.outbox.of(id), [
    { to: 'ana@example.com', state: 'refused', detail: 'connect ECONNREFUSED' },
  ]);
});

test('deleting a run takes its waiting mails with it', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const id = await enterLine(store);
  await store.runs.cancel(id, ben);
  const claimed = await store.outbox.claim(`${id}/0`);
  await store.runs.remove(id);
  assert.equal(await bed.raw.zcard('marteau:1:outbox'), 0);
  await store.outbox.sent(claimed!, '250 ok');
  assert.deepEqual(await store.outbox.of(id), []);
  for (const odd of ['', 'x', `${id}/9`]) assert.equal(await store.outbox.claim(odd), null);
});
