import assert from 'node:assert/strict';
import dns, { type LookupOptions } from 'node:dns';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer as createTcp, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { startWire, type Wire } from './wire.ts';

/** A server that answers as told, a wire before it, and what the wire has told. */
async function openWire(
  listener: RequestListener,
  rates: (host: string) => Record<string, number> = () => ({}),
) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const wire = await startWire({
    server: `http://${host}`,
    marks: { 'x-run': 'r' },
    insecure: false,
    rates: rates(host),
  });
  return {
    wire,
    host,
    port: Number(new URL(wire.url).port),
    async [Symbol.asyncDispose]() {
      await wire[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function told(wire: Wire, count: number) {
  const samples: ReturnType<Wire['take']>['samples'][number][] = [];
  await waitUntil(`${count} samples`, () => {
    samples.push(...wire.take().samples);
    return samples.length >= count;
  });
  return samples;
}

const echo: RequestListener = async (request, response) => {
  const body = await text(request);
  if (request.url === '/length') response.setHeader('content-length', body.length);
  response.write(body);
  response.end();
};

test('requests that come in one piece and in single bytes are the same, with bodies of both kinds', async () => {
  await using opened = await openWire(echo);
  const requests = [
    'POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello',
    'POST /chunks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    'HEAD /length HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /chunks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  ].join('');
  for (const step of [requests.length, 1, 7]) {
    const socket = connect(opened.port, '127.0.0.1');
    const answer = text(socket);
    for (let at = 0; at < requests.length; at += step) {
      socket.write(requests.slice(at, at + step));
      await new Promise(setImmediate);
    }
    assert.match(await answer, /200 OK[\s\S]*hello[\s\S]*abc[\s\S]*content-length: 0[\s\S]*0\r\n\r\n$/);
    const samples = await told(opened.wire, 4);
    assert.deepEqual(
      samples.map(({ method, url, status, bytesOut }) => [method, url, status, bytesOut]),
      [
        ['POST', '/length', 200, 5],
        ['POST', '/chunks', 200, 13],
        ['HEAD', '/length', 200, 0],
        ['GET', '/chunks', 200, 0],
      ],
    );
    assert.ok(samples.every(({ time }) => time > 0));
  }
});

test('an answer of 20 MB to a client that reads slowly comes whole', async () => {
  const big = Buffer.alloc(20 << 20, 'x');
  await using opened = await openWire((_, response) => void response.end(big));
  const socket = connect(opened.port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let length = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    length += chunk.length;
    await new Promise(setImmediate);
  }
  assert.ok(length > big.length, `${length}`);
  const [sample] = await told(opened.wire, 1);
  assert.deepEqual([sample!.status, sample!.bytesIn], [200, big.length]);
});

describe('what goes wrong is told', () => {
  const raw = async (answer: (socket: Socket) => void) => {
    const server = createTcp((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => answer(socket));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const wire = await startWire({ server: url, marks: {}, insecure: false, rates: {} });
    return { wire, close: () => server.close() };
  };
  for (const [what, answer, error, status] of [
    ['a server that hangs up', (socket: Socket) => socket.destroy(), 'ECONNRESET', 502],
    [
      'one that stops in the middle',
      (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab'),
      'ECONNRESET',
      200,
    ],
    [
      'one whose answer ends with the connection',
      (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nab'),
      '',
      200,
    ],
  ] as const)
    test(what, async () => {
      const { wire, close } = await raw(answer);
      const response = await fetch(wire.url);
      await response.text().catch(() => {});
      assert.equal(response.status, status);
      const [sample] = await told(wire, 1);
      assert.deepEqual([sample!.error, sample!.status], [error, error === '' ? 200 : 0]);
      await wire[Symbol.asyncDispose]();
      close();
    });

  test('a server that is not there', async () => {
    await using wire = await startWire({
      server: 'http://127.0.0.1:1',
      marks: {},
      insecure: false,
      rates: {},
    });
    const response = await fetch(`${wire.url}/a`);
    assert.equal(response.status, 502);
    assert.match(await response.text(), /Nothing listens/);
    assert.equal((await told(wire, 1))[0]!.error, 'ECONNREFUSED');
  });

  test('a client that goes away, and one that does not speak HTTP', async () => {
    await using opened = await openWire(() => {});
    const gone = connect(opened.port, '127.0.0.1');
    gone.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await waitUntil('the request to be open', () => opened.wire.take().open === 1);
    gone.destroy();
    assert.equal((await told(opened.wire, 1))[0]!.error, 'the client went away');
    const odd = connect(opened.port, '127.0.0.1');
    odd.write('hello\r\n\r\n');
    assert.match(await text(odd), /^HTTP\/1\.1 400 .*[\s\S]*does not begin as one of HTTP/);
    assert.equal(opened.wire.take().open, 0);
  });
});

test('bytes that wait for the connection stay what they were, also where the next request waits', async (context) => {
  const bodies: string[] = [];
  await using opened = await openWire(async (request, response) => {
    bodies.push(await text(request));
    response.end();
  });
  const found = Promise.withResolvers<void>();
  const place = `slow.test:${opened.host.split(':')[1]}`;
  const order = { server: `http://${place}`, marks: {}, insecure: false, rates: { [place]: 50 } };
  await using wire = await startWire(order);
  const { lookup } = dns;
  context.mock.method(dns, 'lookup', (_: string, options: LookupOptions, done: () => void) => {
    found.promise.then(() => lookup('127.0.0.1', options, done));
  });
  const socket = connect(Number(new URL(wire.url).port), '127.0.0.1');
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n';
  for (const [n, chunk] of [head, `first${head}`, `other${head}`].entries()) {
    socket.write(chunk);
    await waitUntil(`request ${n}`, () => wire.take().open === n + 1);
  }
  found.resolve();
  socket.write('third');
  socket.resume();
  await waitUntil('all to have come', () => bodies.length === 3);
  assert.deepEqual(bodies, ['first', 'other', 'third']);
  socket.destroy();
});

test('requests that are sent behind each other wait for the rate of their target, each', async () => {
  let seen = 0;
  await using opened = await openWire(
    (_, response) => {
      seen += 1;
      response.end();
    },
    (host) => ({ [host]: 20 }),
  );
  const socket = connect(opened.port, '127.0.0.1');
  const begin = performance.now();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(6));
  socket.resume();
  await told(opened.wire, 6);
  // The first goes at once, and the others one each 50 ms, but for what a timer may be early.
  assert.ok(performance.now() - begin >= 225);
  assert.equal(seen, 6);
  socket.destroy();
});
