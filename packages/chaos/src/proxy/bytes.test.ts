import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { waitUntil } from '@marteau/testkit';
import { startEcho } from '../fixtures/backends.ts';
import { openClient } from '../fixtures/client.ts';
import { startTestProxy } from '../fixtures/proxies.ts';
import type { BehaviorSetting } from './behavior-setting.ts';

/** `npm run test:bytes` sends 1 GB, and meddles for a minute, where `npm test` does a tenth of it. */
const isLong = process.env.MARTEAU_BYTES === 'long';
const megabytesOfPair = isLong ? 10 : 1;
const pairLastsMs = isLong ? 600 : 20;

/** Sends bytes through an echo, all the while calling `meddle`; both ways have to have the same hash. */
async function sendThrough(
  port: number,
  megabytes: number,
  meddle: (i: number) => Promise<void>,
): Promise<void> {
  using client = await openClient(port);
  const [sent, got] = [createHash('sha256'), createHash('sha256')];
  let received = 0;
  client.socket.removeAllListeners('data');
  client.socket.on('data', (chunk) => {
    got.update(chunk);
    received += chunk.length;
  });
  const chunk = Buffer.alloc(1 << 18);
  for (let i = 0; i < megabytes * 4; i++) {
    for (let at = 0; at < chunk.length; at += 4096) chunk.writeUInt32LE(i * 64 + at, at);
    sent.update(chunk);
    if (!client.socket.write(Buffer.from(chunk))) await once(client.socket, 'drain');
    if (i % 4 === 0) await meddle(i / 4);
  }
  client.socket.end();
  await waitUntil('all bytes to come back', () => received === megabytes * chunk.length * 4, {
    deadlineMs: 120_000,
  });
  assert.equal(await client.over, 'end');
  assert.equal(got.digest('hex'), sent.digest('hex'));
}

/** Sends bytes through an echo until it is over; resolves with how many, all of which have come back unharmed. */
async function pumpThrough(port: number, isOver: () => boolean): Promise<number> {
  using client = await openClient(port);
  const [sent, got] = [createHash('sha256'), createHash('sha256')];
  let [bytes, received] = [0, 0];
  client.socket.removeAllListeners('data');
  client.socket.on('data', (chunk) => {
    got.update(chunk);
    received += chunk.length;
  });
  for (let i = 0; !isOver(); i++) {
    const chunk = Buffer.alloc(1 << 16, i & 255);
    chunk.writeUInt32LE(i >>> 0, 0);
    sent.update(chunk);
    bytes += chunk.length;
    if (!client.socket.write(chunk)) await once(client.socket, 'drain');
    else await setImmediate();
  }
  client.socket.end();
  await waitUntil('all bytes to come back', () => received === bytes, { deadlineMs: 120_000 });
  assert.equal(await client.over, 'end');
  assert.equal(got.digest('hex'), sent.digest('hex'));
  return bytes;
}

const lossless: BehaviorSetting[] = [
  { behavior: 'latency', options: { latency: 20, jitter: 20 } },
  { behavior: 'bandwidth', options: { rate: '50MB/s' } },
  { behavior: 'slicer', options: { average_size: 5000, size_variation: 4000 } },
  { behavior: 'slow_close', options: { delay: 50 } },
  { behavior: 'loss', probability: 0.2, options: { rto: 20 } },
  { behavior: 'reset_peer', options: { timeout: '1h' } },
  { behavior: 'bandwidth', options: { rate: 0 } },
  { behavior: 'hang' },
  { behavior: 'delay', options: { sleep: '5ms' } },
  { behavior: 'throttle', options: { rate: 1000 } },
];

const pairs = lossless.flatMap((a) => lossless.map((b) => [a, b] as const));

describe('no byte is lost', () => {
  test('when behaviours are added, changed and removed under load, in every combination of two', async () => {
    await using echo = await startEcho();
    await using tested = await startTestProxy(echo.address);
    const megabytes = pairs.length * megabytesOfPair;
    await sendThrough(tested.port, megabytes, async (i) => {
      const [a, b] = pairs[Math.floor(i / megabytesOfPair)]!;
      await tested.proxy.setBehaviors([
        { ...a, name: 'a' },
        { ...b, name: 'b' },
      ]);
      await setImmediate();
      await tested.proxy.removeBehavior('a');
      await setImmediate();
      await tested.proxy.setBehaviors([]);
    });
    assert.equal(tested.proxy.bytes.up, megabytes * 2 ** 20);
  });

  test('while all pairs of behaviours work for a while, one after the other, under full load', async () => {
    await using echo = await startEcho();
    await using tested = await startTestProxy(echo.address);
    let isOver = false;
    const meddling = (async () => {
      for (const [a, b] of pairs) {
        await tested.proxy.setBehaviors([
          { ...a, name: 'a' },
          { ...b, name: 'b' },
        ]);
        await setTimeout(pairLastsMs / 2);
        await tested.proxy.removeBehavior('a');
        await setTimeout(pairLastsMs / 2);
      }
      await tested.proxy.setBehaviors([]);
      isOver = true;
    })();
    const sent = await Promise.all([0, 1].map(() => pumpThrough(tested.port, () => isOver)));
    await meddling;
    const bytes = sent[0]! + sent[1]!;
    assert.equal(tested.proxy.bytes.up, bytes);
    assert.equal(tested.proxy.bytes.down, bytes);
  });

  for (const setting of lossless.slice(0, 5)) {
    test(`while ${setting.behavior} works and changes`, async () => {
      await using echo = await startEcho();
      await using tested = await startTestProxy(echo.address, { behaviors: [setting] });
      await sendThrough(tested.port, 8, async (i) => {
        await tested.proxy.updateBehavior(setting.behavior, { probability: i % 2 ? 1 : 0.5 });
      });
    });
  }
});

test('a client that shuts its half down still gets the whole answer', async () => {
  await using echo = await startEcho();
  await using tested = await startTestProxy(echo.address, {
    behaviors: [{ behavior: 'latency', options: { latency: 30 } }],
  });
  using client = await openClient(tested.port);
  client.socket.end('to the last');
  assert.equal(await client.over, 'end');
  assert.equal(client.text(), 'to the last');
});

test('a reset of one side reaches the other', async () => {
  await using echo = await startEcho();
  await using tested = await startTestProxy(echo.address);
  using client = await openClient(tested.port);
  await client.ask('a', 'a');
  echo.sockets[0]!.resetAndDestroy();
  assert.equal(await client.over, 'ECONNRESET');
  await waitUntil('the connection to be forgotten', () => tested.proxy.open === 0);
});
