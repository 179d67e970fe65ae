// What a proxy can stand between: TLS that ends or begins at it or passes through, IPv6, Unix sockets.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { createTempFolder } from '@marteau/testkit';
import { startEcho } from '../fixtures/backends.ts';
import { findProgram, missing } from '../fixtures/programs.ts';
import { startTestProxy } from '../fixtures/proxies.ts';

async function answerOf(socket: ReturnType<typeof connect>): Promise<string> {
  socket.write('hello');
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}

describe('TLS', { skip: missing('openssl') }, () => {
  let pem: { cert: string; key: string };
  before(async () => {
    await using folder = await createTempFolder();
    const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const args = ['req', '-x509', '-days', '2', ...made, '-keyout', key, '-out', cert, ...subject];
    await promisify(execFile)(findProgram('openssl')!, args);
    pem = { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  });

  async function startTlsEcho() {
    const server = createTlsServer(pem, (socket) => void socket.on('error', () => {}).pipe(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    return { address: `localhost:${port}`, [Symbol.asyncDispose]: async () => void server.close() };
  }

  test('ends at the proxy, which understands what is said', async () => {
    await using echo = await startEcho();
    await using tested = await startTestProxy(echo.address, {
      tls: pem,
      behaviors: [{ behavior: 'delay', options: { sleep: 0 } }],
    });
    const socket = connectTls({
      port: tested.port,
      host: '127.0.0.1',
      ca: pem.cert,
      servername: 'localhost',
    });
    assert.equal(await answerOf(socket), 'hello');
    assert.equal(tested.events.length, 1);
  });

  test('begins at the proxy, which looks at the backend’s certificate', async () => {
    await using echo = await startTlsEcho();
    await using trusted = await startTestProxy(echo.address, { upstreamTls: { ca: pem.cert } });
    assert.equal(await answerOf(connect(trusted.port, '127.0.0.1')), 'hello');
    await using strict = await startTestProxy(echo.address, { upstreamTls: {} });
    const refused = connect(strict.port, '127.0.0.1').on('error', () => {});
    refused.write('x');
    await new Promise((closed) => refused.on('close', closed));
    assert.match(strict.events.map(({ detail }) => detail).join(), /certificate/);
    await using lax = await startTestProxy(echo.address, { upstreamTls: { insecure: true } });
    assert.equal(await answerOf(connect(lax.port, '127.0.0.1')), 'hello');
  });

  test('passes through', async () => {
    await using echo = await startTlsEcho();
    await using tested = await startTestProxy(echo.address);
    const socket = connectTls({
      port: tested.port,
      host: '127.0.0.1',
      ca: pem.cert,
      servername: 'localhost',
    });
    assert.equal(await answerOf(socket), 'hello');
  });
});

test('Unix sockets on both sides', async () => {
  await using folder = await createTempFolder();
  const [front, back] = [join(folder.path, 'front'), join(folder.path, 'back')];
  const server = createServer((socket) => void socket.pipe(socket)).listen(back);
  await once(server, 'listening');
  await using _tested = await startTestProxy(`unix:${back}`, { listen: `unix:${front}` });
  assert.equal(await answerOf(connect(front)), 'hello');
  server.close();
});

test('IPv6', { skip: !(await hasIpv6()) && 'this machine has no IPv6' }, async () => {
  await using echo = await startEcho();
  await using tested = await startTestProxy(echo.address, { listen: '[::1]:0' });
  assert.match(tested.proxy.listen, /^\[::1\]:\d+$/);
  assert.equal(await answerOf(connect(tested.port, '::1')), 'hello');
});

async function hasIpv6(): Promise<boolean> {
  const server = createServer().listen(0, '::1');
  const there = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.close();
  return there;
}
