import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder, freePort, startRedis, startSmtpServer } from '@marteau/testkit';
import { adminOn } from '../fixtures/admin-on.ts';

test('without Redis, web, mail server and rights it says so, what to do, and ends with 1', async () => {
  await using temp = await createTempFolder();
  const port = await freePort();
  const secrets = join(temp.path, 'secrets.yml');
  await writeFile(secrets, '{}');
  await chmod(secrets, 0o644);
  await mkdir(join(temp.path, 'data'));
  await writeFile(join(temp.path, 'data/link.key'), 'x', { mode: 0o644 });
  const { code, said } = await adminOn(
    {
      MARTEAU_DATA: join(temp.path, 'data'),
      REDIS_URL: `redis://127.0.0.1:${port}`,
      MARTEAU_URL: `https://127.0.0.1:${port}`,
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MARTEAU_SECRETS: secrets,
      PORT: String(port),
    },
    ['doctor'],
  );
  assert.equal(code, 1);
  for (const sentence of [
    /^WRONG Redis: Redis does not answer at 127\.0\.0\.1:\d+\. Start it, or set REDIS_URL/m,
    /^WRONG Folders: Others may read .*link\.key\. chmod 600/m,
    /^WRONG Ports: No web of Marteau answers at http:\/\/127\.0\.0\.1:\d+\. Start it.*ECONNREFUSED/m,
    /^WRONG Certificates: 127\.0\.0\.1 \(MARTEAU_URL\) cannot be reached/m,
    /^WRONG Mail: The mail server 127\.0\.0\.1:\d+ does not take mails: .*ECONNREFUSED.*Check SMTP_URL/m,
    /^WRONG Secrets file: Others may read/m,
    /^ok {4}DNS: All names/m,
    /^ok {4}git: git version/m,
    /^(ok {3}|odd {2}) Sandbox: /m,
    /^\d+ wrong, \d+ odd\.$/m,
  ])
    assert.match(said, sentence);
});

test('Redis’s settings, folders elsewhere and missing nodes are told; what is well is, too', async () => {
  await using temp = await createTempFolder();
  await using redis = await startRedis();
  await using smtp = await startSmtpServer();
  const env = {
    MARTEAU_DATA: join(temp.path, 'data'),
    REDIS_URL: redis.url,
    MARTEAU_URL: 'http://localhost:1',
    SMTP_URL: smtp.url,
  };
  const tell = (...words: string[]) => tellRedis(redis.port, words);
  await tell('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  const elsewhere = { id: 'another', name: 'the folder /srv of web-1' };
  await tell('SET', 'marteau:1:folders', JSON.stringify(elsewhere));
  const bad = await adminOn(env, ['doctor']);
  assert.match(bad.said, /^WRONG Redis: .*maxmemory-policy that throws keys away/m);
  assert.match(
    bad.said,
    /^WRONG Folders: Runs are kept in .* here, and in the folder \/srv of web-1 by the server/m,
  );
  assert.match(bad.said, /^WRONG Versions and nodes: No node generates load/m);
  assert.match(bad.said, /^ok {4}Mail: The mail server .* lets Marteau in/m);
  assert.match(bad.said, /^ok {4}Clocks: All clocks/m);

  await tell('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  await tell('DEL', 'marteau:1:folders');
  const good = await adminOn(env, ['doctor']);
  assert.match(good.said, /^ok {4}Redis: Redis [\d.]+ answers, keeps what it is told/m);
  assert.match(good.said, /^ok {4}Folders: Runs are kept in/m);
});

/** Sends one command, and waits for its answer. */
async function tellRedis(port: number, words: readonly string[]): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  socket.write(`*${words.length}\r\n${parts.join('')}`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  assert.match(answer.toString(), /^[+:]/);
}
