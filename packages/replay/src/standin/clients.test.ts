import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { createTempFolder, waitUntil } from '@marteau/testkit';
import { proxyEnvironment } from '../environment/proxy-environment.ts';
import { writeTrustFiles } from '../environment/trust-files.ts';
import { startHttpsServer } from '../fixtures/https-server.ts';
import { startStub } from '../stub/stub-server.ts';
import { readTape } from '../tape/read-tape.ts';
import { startStandIn } from './stand-in.ts';

const run = promisify(execFile);
const ask = join(import.meta.dirname, '../fixtures/ask.ts');
const byNode = (client: string) => (url: string, env: NodeJS.ProcessEnv) =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', ask, client, url], { env });

/** Programs that know nothing of us but the environment. */
const clients: Record<string, (url: string, env: NodeJS.ProcessEnv) => Promise<{ stdout: string }>> = {
  curl: (url, env) => run('curl', ['-sS', url], { env }),
  'Python urllib': (url, env) => run('python3', ['-c', urllib, url], { env }),
  fetch: byNode('fetch'),
  'node:https': byNode('node:https'),
  undici: byNode('undici'),
  axios: byNode('axios'),
};
const urllib =
  'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode(), end="")';

describe('through the forward proxy, by its environment alone', () => {
  for (const [name, client] of Object.entries(clients)) {
    test(`${name} is recorded, and gets the same from the tape with the servers gone`, async () => {
      await using folder = await createTempFolder();
      const file = join(folder.path, 'a.rec');
      const secure = await startHttpsServer('localhost', (_, response) => response.end('secure'));
      const plain = await startStub();
      plain.on('GET /a', { body: 'plain' });
      const urls = [`https://localhost:${secure.port}/s?x=1`, `${plain.url}/a`];

      const session = async (mode: 'record' | 'replay') => {
        await using proxy = await startStandIn({ mode, file, latency: 0, upstreamCa: secure.ca });
        await using trust = await writeTrustFiles(proxy.authority!);
        const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...proxyEnvironment(proxy.url, trust) };
        const answers = [];
        for (const url of urls) answers.push((await client(url, env)).stdout);
        return { answers, counts: proxy.counts };
      };
      const recorded = await session('record');
      assert.deepEqual(recorded.answers, ['secure', 'plain']);
      assert.equal(recorded.counts.recorded, 2);
      await Promise.all([secure.stop(), plain.stop()]);
      const replayed = await session('replay');
      assert.deepEqual(replayed.answers, ['secure', 'plain']);
      assert.equal(replayed.counts.unmatched, 0);
      assert.deepEqual(
        readTape(file).exchanges.map(({ request }) => (request.origin ?? '') + request.target),
        urls,
      );
      assert.match(await readFile(file, 'utf8'), /^GET https:\/\/localhost:\d+\/s\?x=1 HTTP\/1\.1$/m);
    });
  }
});

test('who refuses the certificate is told how to trust it', async () => {
  await using folder = await createTempFolder();
  const said: string[] = [];
  await using proxy = await startStandIn({
    mode: 'record',
    file: join(folder.path, 'a.rec'),
    onEvent: ({ sentence }) => said.push(sentence),
  });
  const env = { PATH: process.env.PATH, HTTPS_PROXY: proxy.url };
  await assert.rejects(run('curl', ['-sS', 'https://api.invalid/'], { env }), /certificate/);
  await waitUntil('the sentence', () => said.length > 0);
  assert.match(
    said[0]!,
    /A client refused the certificate for api\.invalid \(.*unknown ca.*NODE_EXTRA_CA_CERTS.*curl --cacert/,
  );
});

/** Says something by TLS, or nothing, and goes. */
function visitByTls(port: number, said: string): Promise<void> {
  return new Promise((resolve) => {
    const options = { port, host: '127.0.0.1', servername: 'api.invalid', rejectUnauthorized: false };
    const socket = connectTls(options, () => socket.end(said));
    socket.resume().on('close', () => resolve());
  });
}

/** Plays a tape of one server by HTTPS, and keeps what it says. */
async function playByTls(folder: string) {
  const file = join(folder, 'a.rec');
  await writeFile(file, 'GET https://api.invalid/ HTTP/1.1\n\n\n200 OK\n\na\n');
  const said: string[] = [];
  const onEvent = ({ sentence }: { sentence: string }) => void said.push(sentence);
  const options = { mode: 'replay', file, server: 'https://api.invalid', latency: 0, onEvent } as const;
  return Object.assign(await startStandIn(options), { said });
}

test('who goes without a word after the handshake, as GnuTLS lets its clients do, is told of once', async () => {
  await using folder = await createTempFolder();
  await using played = await playByTls(folder.path);
  await visitByTls(played.port, '');
  await visitByTls(played.port, '');
  await waitUntil('the sentence', () => played.said.length > 0);
  assert.equal(played.said.length, 1);
  assert.match(
    played.said[0]!,
    /came for api\.invalid by TLS and went without asking .*NODE_EXTRA_CA_CERTS.*curl --cacert/,
  );
});

test('a connection that is never used tells nothing where another had its answer', async () => {
  await using folder = await createTempFolder();
  await using played = await playByTls(folder.path);
  await visitByTls(played.port, 'GET / HTTP/1.1\r\nHost: api.invalid\r\nConnection: close\r\n\r\n');
  await visitByTls(played.port, '');
  assert.equal(played.counts.replayed, 1);
  assert.deepEqual(played.said, []);
});

test('a server whose certificate is not trusted is a sentence, too', async () => {
  await using folder = await createTempFolder();
  await using secure = await startHttpsServer('localhost', (_, response) => response.end('secure'));
  const server = `https://localhost:${secure.port}`;
  await using proxy = await startStandIn({ mode: 'record', file: join(folder.path, 'a.rec'), server });
  const answer = await fetch(proxy.url);
  assert.equal(answer.status, 502);
  assert.match(
    await answer.text(),
    /certificate of https:\/\/localhost:\d+ is not trusted .*--upstream-ca FILE/,
  );
});

test('one port answers https and http, and TLS where there is none gets a sentence', async () => {
  await using folder = await createTempFolder();
  const said: string[] = [];
  await using plain = await startStandIn({
    mode: 'record',
    file: join(folder.path, 'a.rec'),
    server: 'http://127.0.0.1:1',
    onEvent: ({ sentence }) => said.push(sentence),
  });
  connectTls({ port: plain.port, host: '127.0.0.1' }).on('error', () => {});
  await waitUntil('the sentence', () => said.some((sentence) => /answers plain HTTP/.test(sentence)));
});

test('who calls a proxy as if it were a server is told what it is', async () => {
  await using folder = await createTempFolder();
  await using proxy = await startStandIn({ mode: 'record', file: join(folder.path, 'a.rec') });
  const answer = await fetch(`${proxy.url}/page`);
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /This is a recording proxy.*HTTP_PROXY/);
});
