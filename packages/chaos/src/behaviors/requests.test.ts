// What works on requests, on a real Redis and a real HTTP server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { startRedis, waitUntil } from '@marteau/testkit';
import { startEcho } from '../fixtures/backends.ts';
import { openClient } from '../fixtures/client.ts';
import { startTestProxy } from '../fixtures/proxies.ts';
import type { BehaviorSetting } from '../proxy/behavior-setting.ts';

async function redisThrough(behaviors: BehaviorSetting[], seed = 1) {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const upstream = `127.0.0.1:${redis.port}`;
  const tested = stack.use(await startTestProxy(upstream, { protocol: 'redis', seed, behaviors }));
  const client = stack.use(await openClient(tested.port));
  return { redis, ...tested, client, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const command = (...words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;

describe('redis', () => {
  test('errors stand in a pipeline’s order, between real answers, and only where they match', async () => {
    await using it = await redisThrough([
      { behavior: 'error', match: { command: 'incr', path: 'bad*' }, options: { message: 'LOADING wait' } },
    ]);
    const pipeline = ['a', 'bad1', 'b', 'bad2', 'bad3', 'c'].map((key) => command('INCR', key)).join('');
    const answer = await it.client.ask(pipeline + command('PING'), '+PONG\r\n');
    assert.equal(answer, ':1\r\n-LOADING wait\r\n:1\r\n-LOADING wait\r\n-LOADING wait\r\n:1\r\n+PONG\r\n');
    assert.equal(await it.client.ask(command('EXISTS', 'bad1', 'bad2', 'a', 'c'), '\r\n'), ':2\r\n');
    assert.deepEqual(
      it.events.map(({ behavior, connection, request, command, path }) => [
        behavior,
        connection,
        request,
        command,
        path,
      ]),
      [2, 4, 5].map((request, i) => ['error', 1, request, 'INCR', `bad${i + 1}`]),
    );
  });

  test('one byte at a time is the same', async () => {
    await using it = await redisThrough([
      { behavior: 'error', match: { path: 'b' }, options: { message: 'ERR no' } },
    ]);
    const bytes = command('SET', 'a', '1') + command('SET', 'b', '2') + command('GET', 'a');
    for (const byte of bytes) {
      it.client.socket.write(byte);
      await new Promise(setImmediate);
    }
    await waitUntil('the answers', () => it.client.text() === '+OK\r\n-ERR no\r\n$1\r\n1\r\n');
  });

  test('the same seed hits the same requests, in one pipeline or one after the other', async () => {
    const runs: number[][] = [];
    for (const isPipelined of [true, false]) {
      await using it = await redisThrough([{ behavior: 'error', probability: 0.2 }], 42);
      const all = Array.from({ length: 500 }, (_, i) => command('SET', 'k', String(i)));
      if (isPipelined) it.client.socket.write(all.join(''));
      else for (const one of all) await it.client.ask(one, '\r\n');
      await waitUntil('the answers', () => it.client.text().split('\r\n').length === 501);
      runs.push(it.events.map(({ request }) => request));
    }
    assert.ok(runs[0]!.length > 70 && runs[0]!.length < 130);
    assert.deepEqual(runs[0], runs[1]);
  });

  test('percentages exclude each other, and the rest passes', async () => {
    await using it = await redisThrough([
      { behavior: 'error', probability: 0.3, exclusive: true },
      { behavior: 'delay', probability: 0.3, exclusive: true, options: { sleep: '1ms' } },
    ]);
    for (let i = 0; i < 200; i++) await it.client.ask(command('SET', 'k', 'v'), '\r\n');
    const requests = it.events.map(({ request }) => request);
    assert.equal(new Set(requests).size, requests.length, 'no request is hit twice');
    assert.ok(requests.length > 80 && requests.length < 160);
  });

  test('a change reaches an open connection with its next request', async () => {
    await using it = await redisThrough([]);
    assert.equal(await it.client.ask(command('PING'), '\r\n'), '+PONG\r\n');
    await it.proxy.addBehavior({ behavior: 'error', options: { message: 'ERR x' } });
    assert.equal(await it.client.ask(command('PING'), '\r\n'), '-ERR x\r\n');
    await it.proxy.removeBehavior('error');
    assert.equal(await it.client.ask(command('PING'), '\r\n'), '+PONG\r\n');
  });

  test('warmup and agitate count by connection', async () => {
    await using it = await redisThrough([
      { behavior: 'transient', options: { agitate: 2, message: 'ERR t' } },
    ]);
    using second = await openClient(it.port);
    for (const client of [it.client, second]) {
      const got = [];
      for (let i = 0; i < 3; i++) got.push(await client.ask(command('PING'), '\r\n'));
      assert.deepEqual(got, ['-ERR t\r\n', '-ERR t\r\n', '+PONG\r\n']);
    }
    await it.proxy.setBehaviors([{ behavior: 'error', options: { warmup: 4, message: 'ERR w' } }]);
    assert.equal(await it.client.ask(command('PING'), '\r\n'), '+PONG\r\n');
    assert.equal(await it.client.ask(command('PING'), '\r\n'), '-ERR w\r\n');
  });

  test('hang never answers, and taking it off brings the answer', async () => {
    await using it = await redisThrough([{ behavior: 'hang' }]);
    it.client.socket.write(command('PING'));
    await waitUntil('the fault', () => it.events.length === 1);
    await it.proxy.setBehaviors([]);
    await waitUntil('the answer', () => it.client.text() === '+PONG\r\n');
  });

  test('blackout closes whom it hits; abort lets the backend do what it was asked', async () => {
    await using it = await redisThrough([
      { behavior: 'blackout', match: { command: 'DEL' } },
      { behavior: 'abort', match: { command: 'SET' } },
    ]);
    it.client.socket.write(command('SET', 'k', 'done'));
    assert.equal(await it.client.over, 'end');
    assert.equal(it.client.text(), '');
    using second = await openClient(it.port);
    await waitUntil('the write', async () =>
      (await second.ask(command('GET', 'k'), '\r\n')).includes('done'),
    );
    second.socket.write(command('DEL', 'k'));
    assert.equal(await second.over, 'end');
    assert.deepEqual(
      it.events.map(({ behavior }) => behavior),
      ['abort', 'blackout'],
    );
  });

  test('delay waits before or after, and the others behind it keep their order', async () => {
    await using it = await redisThrough([
      { behavior: 'delay', match: { path: 'slow' }, options: { sleep: 0.1 } },
      {
        name: 'late',
        behavior: 'delay',
        match: { path: 'late' },
        options: { sleep: '100ms', before: false },
      },
    ]);
    for (const key of ['slow', 'late']) {
      const start = performance.now();
      const got = await it.client.ask(command('SET', key, '1') + command('GET', key), '1\r\n');
      assert.equal(got, '+OK\r\n$1\r\n1\r\n');
      assert.ok(performance.now() - start >= 99);
    }
  });

  test('pub/sub, and what is no redis at all, goes on as tcp with an event', async () => {
    await using it = await redisThrough([{ behavior: 'delay', options: { sleep: 0 } }]);
    await it.client.ask(command('SUBSCRIBE', 'news'), ':1\r\n');
    using publisher = await openClient(it.port);
    await publisher.ask(command('PUBLISH', 'news', 'hello'), ':1\r\n');
    await waitUntil('the message', () => it.client.text().includes('hello'));
    await publisher.ask('\x01\x02 garbage\r\n', /ERR unknown command/);
    const told = it.events.filter(({ behavior }) => behavior === 'proxy').map(({ detail }) => detail);
    assert.match(told[0]!, /after SUBSCRIBE .* treated as tcp/);
    assert.match(told[1]!, /begins no redis command/);
  });

  for (const mode of ['OFF', 'SKIP', 'ON'])
    test(`CLIENT REPLY ${mode} goes on as tcp with an event, and nobody waits for an answer that does not come`, async () => {
      await using it = await redisThrough([{ behavior: 'error', match: { command: 'GET' } }]);
      it.client.socket.write(command('CLIENT', 'REPLY', mode) + command('GET', 'x'));
      const last = mode === 'OFF' ? command('CLIENT', 'REPLY', 'ON') : '';
      await it.client.ask(last + command('ECHO', 'b'), mode === 'OFF' ? '+OK\r\n$1\r\nb\r\n' : '$1\r\nb\r\n');
      const told = it.events.filter(({ behavior }) => behavior === 'proxy').map(({ detail }) => detail);
      assert.match(told[0]!, /after CLIENT .* treated as tcp/);
    });

  test('the backend dies, is away, and comes back', async () => {
    await using it = await redisThrough([]);
    await it.client.ask(command('PING'), '\r\n');
    await it.redis.kill();
    assert.match(await it.client.over, /end|ECONNRESET/);
    using refused = await openClient(it.port);
    assert.match(await refused.over, /end|ECONNRESET/);
    assert.match(it.events.at(-1)!.detail, /the backend cannot be reached/);
    await it.redis.restart();
    using again = await openClient(it.port);
    assert.equal(await again.ask(command('PING'), '\r\n'), '+PONG\r\n');
  });
});

describe('http', () => {
  async function httpThrough(behaviors: BehaviorSetting[]) {
    const server = createServer((request, response) => {
      let length = 0;
      request.on('data', (chunk: Buffer) => {
        length += chunk.length;
      });
      request.on('end', () => response.end(`${request.method} ${request.url} ${length}`));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const tested = await startTestProxy(`127.0.0.1:${port}`, { protocol: 'http', behaviors });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (method: string, path: string, body?: Buffer, headers = {}) =>
      new Promise<{ status: number; text: string }>((resolve, reject) => {
        const request = httpRequest(
          { port: tested.port, host: '127.0.0.1', agent, method, path, headers },
          (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (chunk) => {
              text += chunk;
            });
            response.on('end', () => resolve({ status: response.statusCode!, text }));
          },
        );
        request.on('error', reject);
        request.end(body);
      });
    return {
      ...tested,
      ask,
      async [Symbol.asyncDispose]() {
        agent.destroy();
        await tested[Symbol.asyncDispose]();
        server.close();
        server.closeAllConnections();
      },
    };
  }

  test('503 for one path, on a connection that goes on', async () => {
    await using it = await httpThrough([
      { behavior: 'error', match: { path: '/cart/*', header: { 'X-Try': '1' } }, options: { status: 503 } },
    ]);
    const big = Buffer.alloc(300_000);
    assert.deepEqual(await it.ask('POST', '/cart/1', big, { 'x-try': '1' }), {
      status: 503,
      text: 'Service Unavailable\n',
    });
    assert.deepEqual(await it.ask('POST', '/cart/1', big), { status: 200, text: 'POST /cart/1 300000' });
    assert.equal((await it.ask('HEAD', '/cart/2', undefined, { 'x-try': '1' })).status, 503);
    assert.deepEqual(await it.ask('GET', '/'), { status: 200, text: 'GET / 0' });
    assert.equal(it.proxy.counts.connections, 1);
  });

  test('any of 500 to 503 otherwise', async () => {
    await using it = await httpThrough([{ behavior: 'error' }]);
    const seen = new Set<number>();
    for (let i = 0; i < 40; i++) seen.add((await it.ask('GET', '/')).status);
    assert.deepEqual([...seen].sort(), [500, 501, 502, 503]);
  });

  test('inject puts garbage into the answer', async () => {
    await using it = await httpThrough([{ behavior: 'error', options: { inject: true } }]);
    const answer = await it.ask('GET', '/').catch((error: Error) => error);
    assert.ok(answer instanceof Error || answer.text !== 'GET / 0');
  });
});

test('tcp: an error is garbage in place of the answer, drawn by turn', async () => {
  await using echo = await startEcho();
  await using tested = await startTestProxy(echo.address, {
    behaviors: [{ behavior: 'error', options: { warmup: 1 } }],
  });
  using client = await openClient(tested.port);
  await client.ask('first', 'first');
  client.socket.write('second');
  await waitUntil('garbage', () => client.bytes().length === 5 + 64);
  assert.doesNotMatch(client.text(), /second/);
  assert.deepEqual(
    tested.events.map(({ request }) => request),
    [2],
  );
});

test('a line of 100 MB passes, and its memory is not kept', async () => {
  await using echo = await startEcho();
  await using tested = await startTestProxy(echo.address, {
    protocol: 'redis',
    behaviors: [{ behavior: 'hang', probability: 0 }],
  });
  using client = await openClient(tested.port);
  let received = 0;
  client.socket.removeAllListeners('data');
  client.socket.on('data', ({ length }) => {
    received += length;
  });
  const line = Buffer.alloc(1 << 20, 'x');
  for (let i = 0; i < 100; i++) if (!client.socket.write(line)) await once(client.socket, 'drain');
  await waitUntil('all of it', () => received === 100 << 20);
  assert.match(
    tested.events[0]!.detail,
    /longer than redis takes; from here on the connection is treated as tcp/,
  );
});
