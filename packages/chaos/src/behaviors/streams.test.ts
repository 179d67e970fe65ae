// Toxiproxy's published cases, and those of our own, for what works on bytes.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { waitUntil } from '@marteau/testkit';
import { startBackend, startEcho } from '../fixtures/backends.ts';
import { openClient } from '../fixtures/client.ts';
import { startTestProxy } from '../fixtures/proxies.ts';
import type { BehaviorSetting } from '../proxy/behavior-setting.ts';

async function through(...behaviors: BehaviorSetting[]) {
  const stack = new AsyncDisposableStack();
  const echo = stack.use(await startEcho());
  const tested = stack.use(await startTestProxy(echo.address, { behaviors }));
  const client = stack.use(await openClient(tested.port));
  return { echo, ...tested, client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function roundTrip(client: Awaited<ReturnType<typeof openClient>>): Promise<number> {
  const start = performance.now();
  await client.ask('x', 'x');
  return performance.now() - start;
}

describe('latency', () => {
  test('delays each direction that it works on, and two of them add up', async () => {
    await using it = await through(
      { name: 'a', behavior: 'latency', direction: 'upstream', options: { latency: 100 } },
      { name: 'b', behavior: 'latency', direction: 'downstream', options: { latency: 100 } },
      { name: 'c', behavior: 'latency', direction: 'downstream', options: { latency: '0.1s' } },
    );
    assert.ok((await roundTrip(it.client)) >= 298);
  });

  test('does not narrow: much more than fits into one moment is on its way at once', async () => {
    await using it = await through({ behavior: 'latency', options: { latency: 300 } });
    const start = performance.now();
    const size = 8 << 20;
    it.client.socket.write(Buffer.alloc(size, 1));
    await waitUntil('all of it', () => it.client.bytes().length === size, { everyMs: 50 });
    // One trip there and one back, and not one for each of the 128 reads.
    assert.ok(performance.now() - start < 64 * 600);
  });

  test('removing it lets go what it holds, at once and in order', async () => {
    await using it = await through({ behavior: 'latency', options: { latency: '1h' } });
    it.client.socket.write('first');
    await waitUntil('the fault', () => it.events.length > 0);
    it.client.socket.write(' and second');
    await it.proxy.setBehaviors([]);
    await waitUntil('both', () => it.client.text() === 'first and second');
  });
});

test('bandwidth holds back the sender, too', async () => {
  await using it = await through({ behavior: 'bandwidth', direction: 'upstream', options: { rate: 10 } });
  const socket = it.client.socket;
  socket.write(Buffer.alloc(32 << 20));
  await waitUntil('some bytes', () => it.client.bytes().length > 200);
  assert.ok(socket.writableLength > 8 << 20, 'the proxy has not read ahead');
});

test('bandwidth is right within 5 %, and so is the time it takes', async () => {
  const size = 500_000;
  await using backend = await startBackend((socket) => socket.write(Buffer.alloc(size)));
  await using tested = await startTestProxy(backend.address, {
    behaviors: [{ behavior: 'bandwidth', options: { rate: '1MB/s' } }],
  });
  const start = performance.now();
  using client = await openClient(tested.port);
  await waitUntil('all bytes', () => client.bytes().length === size, { everyMs: 1 });
  // A busy machine can only make it slower.
  assert.ok(performance.now() - start >= 475);
});

test('limit_data passes exactly so many bytes, then closes; a change goes on counting', async () => {
  await using it = await through({ behavior: 'limit_data', direction: 'downstream', options: { bytes: 10 } });
  await it.client.ask('1234', '1234');
  await it.proxy.updateBehavior('limit_data', { options: { bytes: 6 } });
  it.client.socket.write('5678');
  assert.equal(await it.client.over, 'end');
  assert.equal(it.client.text(), '123456');
});

describe('timeout', () => {
  test('closes after its time, and lets nothing through', async () => {
    await using it = await through({ behavior: 'timeout', options: { timeout: 50 } });
    it.client.socket.write('into the void');
    assert.equal(await it.client.over, 'end');
    assert.equal(it.client.text(), '');
  });

  test('of 0 hangs, and closes what it has robbed when it is removed', async () => {
    await using it = await through();
    await it.client.ask('a', 'a');
    await it.proxy.addBehavior({ behavior: 'timeout' });
    it.client.socket.write('into the void');
    await waitUntil('the fault', () => it.events.some(({ behavior }) => behavior === 'timeout'));
    await it.proxy.removeBehavior('timeout');
    assert.match(await it.client.over, /end|ECONNRESET/);
  });
});

describe('reset_peer', () => {
  for (const [what, next] of [
    ['other behaviours', [{ name: 'a', behavior: 'dummy' }]],
    ['a longer time', [{ name: 'a', behavior: 'reset_peer', options: { timeout: '1h' } }]],
  ] as const) {
    test(`does not cut once ${what} took its place under its name`, async () => {
      await using it = await through({ name: 'a', behavior: 'reset_peer', options: { timeout: 300 } });
      it.client.socket.write('x');
      await waitUntil('the fault', () => it.events.some(({ behavior }) => behavior === 'reset_peer'));
      await it.proxy.setBehaviors([...next]);
      await it.proxy.setBehaviors([]);
      await setTimeout(400);
      await it.client.ask('y', 'y');
    });
  }

  test('resets with the first bytes', async () => {
    await using it = await through({ behavior: 'reset_peer' });
    it.client.socket.write('x');
    assert.equal(await it.client.over, 'ECONNRESET');
  });

  test('with probability 0 changes nothing', async () => {
    await using it = await through({ behavior: 'reset_peer', probability: 0 });
    await it.client.ask('x', 'x');
    it.client.socket.end();
    assert.equal(await it.client.over, 'end');
    assert.deepEqual(it.events, []);
  });
});

test('slicer cuts into pieces and keeps the bytes', async () => {
  const sizes: number[] = [];
  await using backend = await startBackend((socket) => socket.on('data', ({ length }) => sizes.push(length)));
  await using tested = await startTestProxy(backend.address, {
    behaviors: [
      {
        behavior: 'slicer',
        direction: 'upstream',
        options: { average_size: 100, size_variation: 50, delay: 3000 },
      },
    ],
  });
  using client = await openClient(tested.port);
  client.socket.write(Buffer.alloc(1000));
  await waitUntil('all bytes', () => sizes.reduce((a, b) => a + b, 0) === 1000);
  assert.ok(sizes.length > 1);
});

test('slow_close delays the end and not the data', async () => {
  await using it = await through({
    behavior: 'slow_close',
    direction: 'downstream',
    options: { delay: 200 },
  });
  const start = performance.now();
  it.client.socket.end('bye');
  await waitUntil('the data', () => it.client.text() === 'bye');
  assert.equal(await it.client.over, 'end');
  assert.ok(performance.now() - start >= 199);
});

test('corrupt changes bytes and not their number', async () => {
  await using it = await through({ behavior: 'corrupt', direction: 'downstream', options: { bytes: 3 } });
  it.client.socket.end(Buffer.alloc(1000));
  assert.equal(await it.client.over, 'end');
  const changed = it.client.bytes().filter((byte) => byte !== 0).length;
  assert.equal(it.client.bytes().length, 1000);
  assert.ok(changed >= 1 && changed <= 3 * it.events.length);
});

test('loss delays what was hit and takes nothing away', async () => {
  await using it = await through({
    behavior: 'loss',
    direction: 'upstream',
    options: { rto: 150, again: 1 },
  });
  it.client.socket.write('x');
  await waitUntil('the fault', () => it.events.length > 0);
  await it.proxy.updateBehavior('loss', { options: { rto: 100, again: 0 } });
  await waitUntil('what was held', () => it.client.text() === 'x');
  const took = await roundTrip(it.client);
  assert.ok(took >= 99, `${took}`);
});

test('refuse resets new connections and leaves open ones', async () => {
  await using it = await through();
  await it.client.ask('a', 'a');
  await it.proxy.addBehavior({ behavior: 'refuse' });
  using second = await openClient(it.port);
  assert.equal(await second.over, 'ECONNRESET');
  await it.client.ask('b', 'b');
  assert.equal(it.events.at(-1)?.connection, 2);
});

test('down: nobody listens, open connections are closed, and the same port is back afterwards', async () => {
  await using it = await through();
  await it.client.ask('a', 'a');
  await it.proxy.addBehavior({ behavior: 'down' });
  assert.equal(await it.client.over, 'end');
  using refused = await openClient(it.port);
  assert.equal(await refused.over, 'ECONNREFUSED');
  await it.proxy.removeBehavior('down');
  using again = await openClient(it.port);
  await again.ask('b', 'b');
});

test('a probability per connection hits the same connections for the same seed', async () => {
  const hits: number[][] = [];
  for (let round = 0; round < 2; round++) {
    await using echo = await startEcho();
    await using tested = await startTestProxy(echo.address, {
      seed: 7,
      behaviors: [{ behavior: 'latency', probability: 0.5, options: { latency: 1 } }],
    });
    for (let i = 0; i < 20; i++) {
      using client = await openClient(tested.port);
      await client.ask('x', 'x');
    }
    hits.push(tested.events.map(({ connection }) => connection));
  }
  assert.ok(hits[0]!.length > 3 && hits[0]!.length < 17);
  assert.deepEqual(hits[0], hits[1]);
});

test('10,000 connects in a hurry through a proxy that refuses half of them leave nothing behind', async () => {
  await using echo = await startEcho();
  await using tested = await startTestProxy(echo.address, {
    behaviors: [{ behavior: 'refuse', probability: 0.5 }],
  });
  let over = 0;
  const one = () =>
    new Promise<void>((resolve) => {
      const socket = connect({ port: tested.port, host: '127.0.0.1' }, () => socket.end());
      socket.on('error', () => {});
      socket.on('close', () => resolve(void over++));
    });
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      for (let i = 0; i < 100; i++) await one();
    }),
  );
  assert.equal(over, 10_000);
  await waitUntil('all to be over', () => tested.proxy.open === 0);
  assert.ok(Math.abs((tested.proxy.counts.faults.get('refuse') ?? 0) - 5000) < 300);
});

test('a narrow link behind one that lets nothing through goes on when that is taken off', async () => {
  await using it = await through(
    { name: 'shut', behavior: 'bandwidth', options: { rate: 0 } },
    { name: 'narrow', behavior: 'bandwidth', options: { rate: '1MB/s' } },
  );
  it.client.socket.write('before');
  await waitUntil('the fault', () => it.events.length > 0);
  await it.proxy.removeBehavior('shut');
  await waitUntil('what was held', () => it.client.text() === 'before');
  await it.client.ask(' and after', ' and after');
});
