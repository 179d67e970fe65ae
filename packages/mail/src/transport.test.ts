import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder, startSmtpServer } from '@marteau/testkit';
import { readAddress } from './addresses.ts';
import { outboxTransport, smtpTransport } from './transport.ts';

const from = { name: 'Marteau', address: 'marteau@example.com' };
const mail = {
  to: readAddress('ana@example.com')!,
  messageId: '<r1.0@marteau>',
  subject: 'fail · Marketplace · p95 412 ms (wanted < 300 ms)',
  text: 'It failed.\n',
  html: '<p>It failed.</p>',
  stop: 'https://marteau.example.com/mailbox/stop?to=ana%40example.com&key=k',
};

test('sends text and HTML to one mailbox, with the Message-ID that it was given', async () => {
  await using smtp = await startSmtpServer();
  const send = smtpTransport(smtp.url, from);
  assert.equal((await send(mail)).outcome, 'sent');
  const [received] = smtp.mails;
  assert.deepEqual(received!.to, ['ana@example.com']);
  assert.equal(received!.parsed.subject, mail.subject);
  assert.equal(received!.parsed.messageId, mail.messageId);
  assert.equal(received!.parsed.text, 'It failed.\n');
  assert.equal(received!.parsed.html, '<p>It failed.</p>');
  const list = received!.parsed.headers.get('list') as unknown as { unsubscribe: { url: string } };
  assert.equal(list.unsubscribe.url, mail.stop);
});

test('reads no file and fetches nothing that a text names', async () => {
  await using smtp = await startSmtpServer();
  const send = smtpTransport(smtp.url, from);
  const html = { path: '/etc/hostname' } as unknown as string;
  const { outcome } = await send({ ...mail, html });
  assert.notEqual(outcome, 'sent');
  assert.equal(smtp.mails.length, 0);
});

test('says which address was refused', async () => {
  await using smtp = await startSmtpServer();
  smtp.refused.add('ana@example.com');
  assert.deepEqual(await smtpTransport(smtp.url, from)(mail), {
    outcome: 'refused',
    detail: '550 No such mailbox here',
  });
});

test('tries later while the server is busy or away', async () => {
  const smtp = await startSmtpServer();
  const send = smtpTransport(smtp.url, from);
  smtp.mood = 'busy';
  assert.equal((await send(mail)).outcome, 'later');
  await smtp.stop();
  assert.equal((await send(mail)).outcome, 'later');
});

test('writes a file where no SMTP server is configured, the same one for the same mail', async () => {
  await using folder = await createTempFolder();
  const send = outboxTransport(join(folder.path, 'outbox'), from, () => 0);
  assert.deepEqual(await send(mail), {
    outcome: 'sent',
    detail: 'outbox/r1.0marteau.eml',
    page: '/outbox/r1.0marteau',
  });
  await send(mail);
  assert.deepEqual(await readdir(join(folder.path, 'outbox')), ['r1.0marteau.eml']);
  const source = await readFile(join(folder.path, 'outbox/r1.0marteau.eml'), 'utf8');
  assert.match(source, /^Message-ID: <r1\.0@marteau>\r$/m);
  assert.match(source, /^To: ana@example\.com\r$/m);
});
