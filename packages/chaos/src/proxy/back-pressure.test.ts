import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { startBackend, startEcho } from '../fixtures/backends.ts';
import { openClient } from '../fixtures/client.ts';
import { startTestProxy } from '../fixtures/proxies.ts';

/** More than the kernel keeps between two sockets, no two chunks of it alike. */
const chunks = Array.from({ length: 4000 }, (_, i) => {
  const bytes = Buffer.alloc(7001 - (i % 13), i);
  bytes.writeUInt32LE(i);
  return bytes;
});
const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
const hash = chunks.reduce((sum, chunk) => sum.update(chunk), createHash('sha256')).digest('hex');

/** Waits until something came through and nothing moves any more: the one that sends cannot get rid of its bytes. */
async function untilStuck(sender: Socket, seen: () => number): Promise<void> {
  let before = 0;
  await waitUntil(
    'everything to be full',
    () => {
      const same = sender.writableLength > 0 && before > 0 && seen() === before;
      before = seen();
      return same;
    },
    { everyMs: 50 },
  );
}

/** The hash of all that a socket says until it ends. */
async function hashOf(socket: Socket): Promise<string> {
  const got = createHash('sha256');
  for await (const chunk of socket as AsyncIterable<Buffer>) got.update(chunk);
  return got.digest('hex');
}

describe('bytes that have to wait arrive whole and in order', () => {
  test('while the backend does not read', async () => {
    await using backend = await startBackend((socket) => socket.pause());
    await using tested = await startTestProxy(backend.address);
    using client = await openClient(tested.port);
    for (const chunk of chunks) client.socket.write(chunk);
    client.socket.end();
    await waitUntil('the backend to be called', () => backend.sockets.length > 0);
    await untilStuck(client.socket, () => tested.proxy.bytes.up);
    assert.equal(await hashOf(backend.sockets[0]!), hash);
    assert.equal(tested.proxy.bytes.up, size);
  });

  test('while the client does not read', async () => {
    await using backend = await startBackend((socket) => {
      for (const chunk of chunks) socket.write(chunk);
      socket.end();
    });
    await using tested = await startTestProxy(backend.address);
    using client = await openClient(tested.port);
    client.socket.pause();
    client.socket.removeAllListeners('data');
    await waitUntil('the backend to be called', () => backend.sockets.length > 0);
    await untilStuck(backend.sockets[0]!, () => tested.proxy.bytes.down);
    assert.equal(await hashOf(client.socket), hash);
    assert.equal(tested.proxy.bytes.down, size);
  });

  test('while a behaviour holds them, and when it is taken off', async () => {
    await using backend = await startBackend((socket) => socket.pause());
    await using tested = await startTestProxy(backend.address, {
      behaviors: [{ behavior: 'bandwidth', options: { rate: 0 }, direction: 'upstream' }],
    });
    using client = await openClient(tested.port);
    for (const chunk of chunks) client.socket.write(chunk);
    client.socket.end();
    await waitUntil('the backend to be called', () => backend.sockets.length > 0);
    const whole = hashOf(backend.sockets[0]!);
    await tested.proxy.removeBehavior('bandwidth');
    assert.equal(await whole, hash);
  });

  test('before the proxy itself closes', async () => {
    await using backend = await startBackend((socket) => {
      for (const chunk of chunks) socket.write(chunk);
    });
    const bytes = size - 12_345;
    await using tested = await startTestProxy(backend.address, {
      behaviors: [{ behavior: 'limit_data', options: { bytes }, direction: 'downstream' }],
    });
    using client = await openClient(tested.port);
    client.socket.pause();
    client.socket.removeAllListeners('data');
    await waitUntil('the backend to be called', () => backend.sockets.length > 0);
    await untilStuck(backend.sockets[0]!, () => tested.proxy.bytes.down);
    const whole = Buffer.concat(chunks).subarray(0, bytes);
    assert.equal(await hashOf(client.socket), createHash('sha256').update(whole).digest('hex'));
  });

  test('and are forgotten when the backend resets the connection', async () => {
    await using backend = await startBackend((socket) => socket.pause());
    await using tested = await startTestProxy(backend.address);
    using client = await openClient(tested.port);
    for (const chunk of chunks) client.socket.write(chunk);
    await waitUntil('the backend to be called', () => backend.sockets.length > 0);
    await untilStuck(client.socket, () => tested.proxy.bytes.up);
    backend.sockets[0]!.resetAndDestroy();
    await waitUntil('the connection to be over', () => tested.proxy.open === 0);
  });

  test('and are forgotten when the client resets it, once the backend reads on', async () => {
    await using backend = await startBackend((socket) => socket.pause());
    await using tested = await startTestProxy(backend.address);
    using client = await openClient(tested.port);
    for (const chunk of chunks) client.socket.write(chunk);
    await waitUntil('the backend to be called', () => backend.sockets.length > 0);
    await untilStuck(client.socket, () => tested.proxy.bytes.up);
    client.socket.resetAndDestroy();
    backend.sockets[0]!.resume();
    await waitUntil('the connection to be over', () => tested.proxy.open === 0);
  });
});

test('the beginning of a command waits for its rest, whatever comes meanwhile', async () => {
  await using echo = await startEcho();
  await using tested = await startTestProxy(echo.address, {
    protocol: 'redis',
    behaviors: [{ behavior: 'error', probability: 0 }],
  });
  using client = await openClient(tested.port);
  using other = await openClient(tested.port);
  const command = '*2\r\n$3\r\nGET\r\n$5\r\nsmall\r\n';
  for (let at = 0; at < command.length; at++) {
    client.socket.write(command[at]!);
    await other.ask('PING\r\n', 'PING\r\n'); // by then the proxy has read what the first one wrote
  }
  await waitUntil('the command to come back', () => client.text() === command);
});

test('what the client sends before the backend can be reached waits for it', async () => {
  await using echo = await startEcho();
  await using tested = await startTestProxy(echo.address);
  using client = await openClient(tested.port);
  for (const chunk of chunks.slice(0, 100)) client.socket.write(chunk);
  client.socket.end();
  await once(client.socket, 'end');
  assert.deepEqual(client.bytes(), Buffer.concat(chunks.slice(0, 100)));
});
