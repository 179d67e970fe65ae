import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { startEcho } from '../fixtures/backends.ts';
import { openClient } from '../fixtures/client.ts';
import { startTestProxy } from '../fixtures/proxies.ts';
import type { BehaviorSetting } from './setting.ts';

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

describe('no byte is lost', () => {
  test('when behaviours are added, changed and removed under load, in every combination of two', async () => {
    await using echo = await startEcho();
    await using tested = await startTestProxy(echo.address);
    const pairs = lossless.flatMap((a) => lossless.map((b) => [a, b] as const));
    await sendThrough(tested.port, pairs.length, async (i) => {
      const [a, b] = pairs[i]!;
      await tested.proxy.setBehaviors([
        { ...a, name: 'a' },
        { ...b, name: 'b' },
      ]);
      await new Promise(setImmediate);
      await tested.proxy.removeBehavior('a');
      await new Promise(setImmediate);
      await tested.proxy.setBehaviors([]);
    });
    assert.equal(tested.proxy.bytes.up, pairs.length << 20);
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
