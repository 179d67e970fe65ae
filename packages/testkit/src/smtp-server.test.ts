import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { startSmtpServer } from './smtp-server.ts';
import { waitUntil } from './wait-until.ts';

const mail = [
  'From: Marteau <marteau@example.com>',
  'To: you@example.com',
  'Subject: =?utf-8?Q?pass_=E2=9C=93?=',
  'Message-ID: <1@example.com>',
  '',
  'Holds 430/s.',
  '.',
];

test('keeps what it is given, parsed', async () => {
  await using smtp = await startSmtpServer();
  const replies = await talk(smtp.url, [
    'HELO test',
    'MAIL FROM:<marteau@example.com>',
    'RCPT TO:<you@example.com>',
    'DATA',
    mail.join('\r\n'),
    'QUIT',
  ]);
  assert.deepEqual(replies, ['220', '250', '250', '250', '354', '250', '221']);
  const [received] = smtp.mails;
  assert.equal(received?.from, 'marteau@example.com');
  assert.deepEqual(received?.to, ['you@example.com']);
  assert.equal(received?.parsed.subject, 'pass ✓');
  assert.equal(received?.parsed.text?.trim(), 'Holds 430/s.');
});

test('refuses the recipients that it is told to refuse, and only them', async () => {
  await using smtp = await startSmtpServer();
  smtp.refused.add('nobody@example.com');
  const replies = await talk(smtp.url, [
    'HELO test',
    'MAIL FROM:<marteau@example.com>',
    'RCPT TO:<nobody@example.com>',
    'RCPT TO:<you@example.com>',
    'QUIT',
  ]);
  assert.deepEqual(replies, ['220', '250', '250', '550', '250', '221']);
});

test('is busy, and then no longer', async () => {
  await using smtp = await startSmtpServer();
  const attempt = () => talk(smtp.url, ['HELO test', 'MAIL FROM:<marteau@example.com>', 'QUIT']);
  smtp.mood = 'busy';
  assert.deepEqual(await attempt(), ['220', '250', '451', '221']);
  smtp.mood = 'accepting';
  assert.deepEqual(await attempt(), ['220', '250', '250', '221']);
});

test('greets and then says no more', async () => {
  await using smtp = await startSmtpServer();
  smtp.mood = 'mute';
  const client = connect(Number(new URL(smtp.url).port), '127.0.0.1');
  let said = '';
  client.on('data', (chunk) => {
    if (said === '') client.write('HELO test\r\n');
    else client.write('MAIL FROM:<marteau@example.com>\r\n');
    said += chunk;
  });
  const closed = once(client, 'close');
  await waitUntil('the answer to HELO', () => /^220.*\r\n250.*\r\n$/s.test(said));
  await smtp.stop();
  await closed;
  assert.doesNotMatch(said, /250.*250/s);
});

test('hangs without a greeting, and ends nevertheless', async () => {
  await using smtp = await startSmtpServer();
  smtp.mood = 'hanging';
  const client = connect(Number(new URL(smtp.url).port), '127.0.0.1');
  const said: Buffer[] = [];
  client.on('data', (chunk) => said.push(chunk));
  const closed = once(client, 'close');
  await waitUntil('the connection to be taken', () => smtp.connections === 1);
  assert.deepEqual(said, []);
  await smtp.stop();
  await closed;
});

test('goes down and comes back on the same port with its mails', async () => {
  await using smtp = await startSmtpServer();
  await smtp.stop();
  await assert.rejects(talk(smtp.url, ['QUIT']), { code: 'ECONNREFUSED' });
  await smtp.start();
  assert.deepEqual(await talk(smtp.url, ['QUIT']), ['220', '221']);
});

/** Says each line after the reply to the one before, and resolves with the replies' codes. */
async function talk(url: string, lines: string[]): Promise<string[]> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  const codes: string[] = [];
  for await (const answer of createInterface({ input: socket })) {
    if (answer[3] === '-') continue;
    codes.push(answer.slice(0, 3));
    const next = lines.shift();
    if (next) socket.write(`${next}\r\n`);
  }
  return codes;
}
