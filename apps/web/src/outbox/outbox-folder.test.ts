import assert from 'node:assert/strict';
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { outboxFolder } from './outbox-folder.ts';

const mail = (subject: string) =>
  [
    'From: Marteau <marteau@example.com>',
    'To: ana@example.com',
    `Subject: ${subject}`,
    'Date: Sat, 21 Nov 2026 09:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=x',
    '',
    '--x',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'p95 412 ms',
    '--x',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p>p95 412 ms</p>',
    '--x--',
    '',
  ].join('\r\n');

test('mails are read from their files, the newest first', async () => {
  await using folder = await createTempFolder();
  await writeFile(join(folder.path, 'a.eml'), mail('first'));
  await writeFile(join(folder.path, 'b.eml'), mail('=?utf-8?q?fail_=C2=B7_Shop?='));
  await writeFile(join(folder.path, 'notes.txt'), 'no mail');
  await writeFile(join(folder.path, '.c.eml.tmp'), 'half a mail');
  await utimes(join(folder.path, 'a.eml'), 1, 1);
  const outbox = outboxFolder(folder.path);
  assert.deepEqual(
    (await outbox.list(10)).map(({ name, subject }) => [name, subject]),
    [
      ['b', 'fail · Shop'],
      ['a', 'first'],
    ],
  );
  assert.equal((await outbox.list(1)).length, 1);
  const one = await outbox.read('a');
  assert.equal(one?.text.trim(), 'p95 412 ms');
  assert.equal(one?.html.trim(), '<p>p95 412 ms</p>');
  assert.equal(one?.date, '2026-11-21T09:00:00.000Z');
  assert.equal(one?.to, 'ana@example.com');
});

test('a folder that is not there is empty', async () => {
  assert.deepEqual(await outboxFolder('/nowhere/outbox').list(10), []);
});

test('links, folders, names that lead away and huge files are no mails', async () => {
  await using folder = await createTempFolder();
  const path = join(folder.path, 'outbox');
  await mkdir(path);
  await writeFile(join(folder.path, 'secret.eml'), mail('secret'));
  await symlink(join(folder.path, 'secret.eml'), join(path, 'link.eml'));
  await mkdir(join(path, 'folder.eml'));
  await writeFile(join(path, 'huge.eml'), 'x'.repeat(3_000_000));
  const outbox = outboxFolder(path);
  for (const name of ['link', 'folder', 'huge', '../secret', '..%2fsecret', '.hidden', ''])
    assert.equal(await outbox.read(name), null, name);
  assert.deepEqual(await outbox.list(10), []);
});

test('what is no mail at all does no harm', async () => {
  await using folder = await createTempFolder();
  await writeFile(join(folder.path, 'a.eml'), Buffer.from([0, 255, 254, 10, 13, 0]));
  const [one] = await outboxFolder(folder.path).list(1);
  assert.equal(one?.subject, '');
});
