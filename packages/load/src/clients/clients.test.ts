import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { freePort, startRedis } from '@marteau/testkit';
import { WebSocketServer } from 'ws';
import { cycle, measure, metricOf, statsOf } from '../fixtures/run-script.ts';

/** Where a package is, for a script in a folder of its own. */
const pathOf = (name: string) => JSON.stringify(fileURLToPath(import.meta.resolve(name)));
const steps = [cycle(2, { rampMs: 0, durationMs: 10_000, iterations: { count: 3, per: 'user' } })];

/** Messages are texts; a service as generated code describes one. */
const method = (name: string, responseStream = false, requestStream = false) => ({
  path: `/shop.v1.Orders/${name}`,
  requestStream,
  responseStream,
  requestSerialize: (text: string) => Buffer.from(text),
  requestDeserialize: (bytes: Buffer) => bytes.toString(),
  responseSerialize: (text: string) => Buffer.from(text),
  responseDeserialize: (bytes: Buffer) => bytes.toString(),
});

async function startOrders(): Promise<{ port: number } & AsyncDisposable> {
  const server = new Server();
  const service = {
    get: method('Get'),
    list: method('List', true),
    sum: method('Sum', false, true),
    slow: method('Slow'),
  } as unknown as ServiceDefinition;
  server.addService(service, {
    get({ request, metadata }: ServerUnaryCall<string, string>, done: sendUnaryData<string>) {
      if (request === 'none') done({ code: status.NOT_FOUND, details: 'there is no such order' });
      else done(null, `${request} for ${metadata.get('user')[0]}`);
    },
    list(call: ServerWritableStream<string, string>) {
      for (let n = 0; n < 5; n += 1) call.write(`order ${n}`);
      call.end(new Metadata());
    },
    sum(call: AsyncIterable<string>, done: sendUnaryData<string>) {
      (async () => {
        let sum = 0;
        for await (const text of call) sum += Number(text);
        done(null, String(sum));
      })();
    },
    slow() {},
  });
  const port = await promisify(server.bindAsync).call(
    server,
    '127.0.0.1:0',
    ServerCredentials.createInsecure(),
  );
  return {
    port: port as number,
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}

describe('clients of others in a script are measured:', () => {
  it('@grpc/grpc-js, by its calls and their statuses', async () => {
    await using server = await startOrders();
    const nobody = await freePort();
    const measurements = await measure({
      script: `
        import assert from 'node:assert/strict';
        import { once } from 'node:events';
        import { test } from 'node:test';
        import grpc from ${pathOf('@grpc/grpc-js')};
        const text = { write: (text) => Buffer.from(text), read: (bytes) => bytes.toString() };
        const of = (name, responseStream = false, requestStream = false) => ({
          path: '/shop.v1.Orders/' + name, requestStream, responseStream,
          requestSerialize: text.write, requestDeserialize: text.read,
          responseSerialize: text.write, responseDeserialize: text.read,
        });
        const Orders = grpc.makeGenericClientConstructor({
          get: of('Get'), list: of('List', true), sum: of('Sum', false, true), slow: of('Slow'),
        }, 'Orders');
        const orders = new Orders('127.0.0.1:${server.port}', grpc.credentials.createInsecure());
        const away = new Orders('127.0.0.1:${nobody}', grpc.credentials.createInsecure());
        const metadata = new grpc.Metadata();
        metadata.set('user', 'anna');
        const get = (client, name, options = {}) => new Promise((resolve, reject) =>
          client.get(name, metadata, options, (error, answer) => error ? reject(error) : resolve(answer)));
        test('orders', async () => {
          assert.equal(await get(orders, 'books'), 'books for anna');
          await assert.rejects(get(orders, 'none'), { code: grpc.status.NOT_FOUND });
          const all = [];
          for await (const order of orders.list('all')) all.push(order);
          assert.equal(all.length, 5);
          const sum = await new Promise((resolve, reject) => {
            const call = orders.sum((error, answer) => error ? reject(error) : resolve(answer));
            for (const n of [1, 2, 3]) call.write(String(n));
            call.end();
          });
          assert.equal(sum, '6');
          const [error] = await once(orders.slow('x', { deadline: Date.now() + 30 }, () => {}), 'status');
          assert.equal(error.code, grpc.status.DEADLINE_EXCEEDED);
          await assert.rejects(get(away, 'books'), { code: grpc.status.UNAVAILABLE });
        });`,
      steps,
    });
    assert.deepEqual(
      measurements.failures.filter(({ kind }) => kind === 'failure'),
      [],
    );
    const get = statsOf(measurements, '/shop.v1.Orders/Get');
    assert.deepEqual([get.count, get.errors], [18, 12]);
    assert.deepEqual(get.outcomes, { 'grpc 0 OK': 6, 'grpc 5 NOT_FOUND': 6, 'grpc 14 UNAVAILABLE': 6 });
    assert.ok(get.bytesIn > 0 && get.bytesOut > 0);
    assert.deepEqual(statsOf(measurements, '/shop.v1.Orders/Slow').outcomes, {
      'grpc 4 DEADLINE_EXCEEDED': 6,
    });
    assert.deepEqual(statsOf(measurements, '/shop.v1.Orders/Sum').outcomes, { 'grpc 0 OK': 6 });
    const of = (name: string) => metricOf(measurements, name, '/shop.v1.Orders/List', 'grpc')?.count;
    assert.deepEqual(
      [of('sent'), of('received'), of('first message'), of('between messages')],
      [6, 30, 6, 24],
    );
    assert.equal(metricOf(measurements, 'sent', '/shop.v1.Orders/Sum', 'grpc')?.count, 18);
    const errors = measurements.failures.map(({ label, message }) => `${label} ${message}`);
    assert.ok(errors.includes('/shop.v1.Orders/Get grpc 5 NOT_FOUND: there is no such order'));
    assert.equal(
      measurements.labels.filter(({ kind }) => kind === 'request').length,
      4,
      'and not by HTTP/2, too',
    );
    assert.match(measurements.notes.join(), /Calls by @grpc\/grpc-js take the slow road/);
  });

  it('ws, as sockets', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    server.on('connection', (socket, { url }) => {
      if (url === '/bye') socket.close(1011, 'overloaded');
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const measurements = await measure({
      script: `
        import assert from 'node:assert/strict';
        import { once } from 'node:events';
        import { test } from 'node:test';
        import { ping, reply } from 'marteau';
        import { WebSocket } from ${JSON.stringify(fileURLToPath(new URL('wrapper.mjs', import.meta.resolve('ws'))))};
        test('chats', async () => {
          const socket = new WebSocket('ws://127.0.0.1:${port}/chat');
          await once(socket, 'open');
          for (const text of ['one', 'two']) {
            socket.send(text);
            assert.equal(await reply(socket, text), text);
          }
          assert.ok((await ping(socket)) >= 0);
          socket.close(1000);
          await once(socket, 'close');
          const [code] = await once(new WebSocket('ws://127.0.0.1:${port}/bye'), 'close');
          assert.equal(code, 1011);
        });`,
      steps,
    });
    for (const client of server.clients) client.terminate();
    server.close();
    assert.deepEqual(
      measurements.failures.filter(({ kind }) => kind === 'failure'),
      [],
    );
    assert.deepEqual(statsOf(measurements, 'GET /chat').outcomes, { 101: 6 });
    const of = (name: string) => metricOf(measurements, name, 'GET /chat');
    assert.deepEqual([of('sent')?.count, of('sent')?.sum, of('received')?.sum], [12, 36, 36]);
    assert.deepEqual(
      [of('connecting')?.count, of('first message')?.count, of('round trip')?.count],
      [6, 6, 12],
    );
    assert.equal(of('ping')?.count, 6);
    assert.deepEqual([of('closed 1000 by the client')?.sum, of('closed abnormally')?.sum], [6, 0]);
    assert.equal(metricOf(measurements, 'closed 1011 by the target', 'GET /bye')?.sum, 6);
  });

  it('what the script calls a request of a kind of its own', async () => {
    await using redis = await startRedis();
    const measurements = await measure({
      script: `
        import assert from 'node:assert/strict';
        import { after, test } from 'node:test';
        import { label } from 'marteau';
        import { Redis } from ${pathOf('ioredis')};
        const redis = new Redis(process.env.REDIS);
        after(() => redis.quit());
        test('counts', async () => {
          const visits = await label('visits', () => redis.incr('visits'), { kind: 'redis' });
          assert.ok(visits > 0);
          await assert.rejects(label('wrong', () => redis.call('NOSUCH'), { kind: 'redis' }), /unknown command/);
          assert.throws(() => label('x', () => 0, { kind: 'ws' }), /a kind is a word/);
        });`,
      job: { env: { REDIS: redis.url } },
      steps,
    });
    assert.deepEqual(
      measurements.failures.filter(({ kind }) => kind === 'failure'),
      [],
    );
    const of = (name: string, label: string) => metricOf(measurements, name, label, 'redis');
    assert.deepEqual([of('time', 'visits')?.count, of('errors', 'visits')?.sum], [6, 0]);
    assert.deepEqual([of('time', 'wrong')?.count, of('errors', 'wrong')?.sum], [6, 6]);
    const [error] = measurements.failures;
    assert.match(
      `${error?.kind} ${error?.label} ${error?.message}`,
      /^error wrong redis failed: ERR unknown command/,
    );
  });
});
