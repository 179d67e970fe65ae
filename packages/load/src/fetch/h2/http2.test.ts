import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { createTempFolder, waitUntil } from '@marteau/testkit';
import { startAnsweringServer } from '../../fixtures/answering-server.ts';
import { openFetch } from '../../fixtures/open-fetch.ts';
import { numbers, startRawHttp2Server } from '../../fixtures/raw-http2-server.ts';
import { type Certificate, selfSigned } from '../../fixtures/self-signed.ts';
import { tell } from '../../thread/tell.ts';
import { codeOf } from './error-codes.ts';
import { FLAG, FRAME } from './frame-types.ts';
import { SETTING } from './settings.ts';

const { END_STREAM, PADDED } = FLAG;

type OnStream = (stream: ServerHttp2Stream, headers: Record<string, string>) => unknown;

async function listen(server: Pick<Http2Server, 'listen' | 'address' | 'once' | 'close'>) {
  server.listen(0, '127.0.0.1');
  await once(server as Http2Server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A server of Node's own, without TLS. */
async function startHttp2(onStream: OnStream, settings: Parameters<typeof createServer>[0] = {}) {
  const server = createServer(settings);
  let sessions = 0;
  server.on('session', (session) => {
    sessions += 1;
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    onStream(stream, headers as Record<string, string>);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    sessions: () => sessions,
    [Symbol.dispose]: () => void server.close(),
  };
}

/** What arrives at a server, and what it answers with. */
const echo: OnStream = async (stream, headers) => {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  stream.respond({ ':status': 200 });
  stream.end(JSON.stringify({ headers, length: Buffer.concat(parts).length }));
};

const echoed = async (response: Response) =>
  (await response.json()) as { headers: Record<string, string>; length: number };

describe('HTTP/2', () => {
  it('carries what a user asks at once on one connection, as many streams as the server takes', async () => {
    const open: ServerHttp2Stream[] = [];
    let most = 0;
    using server = await startHttp2(
      (stream) => {
        open.push(stream);
        most = Math.max(most, open.length);
        setTimeout(() => {
          open.splice(open.indexOf(stream), 1);
          stream.respond({ ':status': 200 });
          stream.end('good');
        }, 5);
      },
      { settings: { maxConcurrentStreams: 4 } },
    );
    using user = openFetch({ target: server.url, http: 'h2c' });
    // What the server takes is known with its first answer.
    await user.fetch('/first').then((response) => response.text());
    const texts = await Promise.all(
      Array.from({ length: 20 }, (_, n) => user.fetch(`/${n}`).then((response) => response.text())),
    );
    assert.deepEqual(texts, Array(20).fill('good'));
    assert.equal(most, 4);
    assert.equal(server.sessions(), 1);
    assert.deepEqual(user.client.connections, { http1: 0, http2: 1, streams: 21 });
    assert.ok(user.exchanges.slice(6).every(({ waited }) => waited));
    assert.ok(
      user.exchanges.every(({ isHttp2, bytesIn, bytesOut }) => isHttp2 && bytesIn > 0 && bytesOut > 0),
    );
    assert.ok(user.exchanges[0]!.connect > 0);
    user.agent.closeIdle();
    await waitUntil('the connection to be closed', () => user.client.sockets === 0);
  });

  it('says what a request of HTTP/1.1 says, in its own way', async () => {
    using server = await startHttp2(echo);
    using user = openFetch({ target: server.url, http: 'h2c' });
    const get = await echoed(
      await user.fetch('/a?b=1', { headers: { connection: 'close', te: 'gzip', host: 'x.example' } }),
    );
    const { traceparent = '', ...rest } = get.headers;
    assert.match(traceparent, /^00-[\da-f]{32}-[\da-f]{16}-01$/);
    assert.deepEqual(
      { ...rest },
      {
        ':method': 'GET',
        ':scheme': 'http',
        ':authority': 'x.example',
        ':path': '/a?b=1',
        accept: '*/*',
        'accept-encoding': 'gzip, deflate, br, zstd',
        'user-agent': 'Marteau/test',
        'x-marteau-run': 'run1',
      },
    );
    const trailers = await echoed(await user.fetch('/', { headers: { te: 'trailers' } }));
    assert.equal(trailers.headers.te, 'trailers');
    const post = await echoed(await user.fetch('/', { method: 'POST', body: 'Grüße' }));
    assert.equal(post.headers['content-length'], '7');
    assert.equal(post.headers['content-type'], 'text/plain;charset=UTF-8');
    assert.equal(post.length, 7);
  });

  it('is spoken over a Unix socket, too, and told of as it went', async () => {
    await using folder = await createTempFolder();
    await using server = await startAnsweringServer({ path: join(folder.path, 'a socket') });
    using user = openFetch({ target: server.url, http: 'h2c' });
    const seen = (await (await user.fetch('/echo?a=1')).json()) as { url: string };
    assert.equal(seen.url, '/echo?a=1');
    await user.fetch('/status?is=404').then((response) => response.text());
    const told = tell(user.exchanges[1]!);
    assert.match(told, /\nGET \/status\?is=404 HTTP\/2\nhost: localhost\naccept: /);
    assert.match(told, /\nHTTP\/2 404 *\ndate: /);
  });

  it('keeps cookies, and sends heads that are longer than a frame', async () => {
    using server = await startHttp2(
      (stream, headers) => {
        if (headers[':path'] === '/set') {
          stream.respond({ ':status': 200, 'set-cookie': ['a=1', 'b=2'] });
          stream.end();
        } else echo(stream, headers);
      },
      { maxHeaderListPairs: 1000, settings: { maxHeaderListSize: 100_000 } },
    );
    using user = openFetch({ target: server.url, http: 'h2c' });
    await user.fetch('/set').then((response) => response.text());
    for (let n = 0; n < 3; n += 1) {
      const { headers } = await echoed(await user.fetch('/', { headers: { 'x-long': 'ü'.repeat(20_000) } }));
      assert.equal(headers.cookie, 'a=1; b=2');
      assert.equal(headers['x-long']?.length, 20_000);
    }
  });

  it('refuses a head that the server said it does not take', async () => {
    await using server = await startRawHttp2Server(
      (peer, stream) => peer.good(stream),
      (peer) => peer.settings([SETTING.MAX_HEADER_LIST_SIZE, 1000]),
    );
    using user = openFetch({ target: server.url, http: 'h2c' });
    await user.fetch('/').then((response) => response.text());
    await assert.rejects(user.fetch('/', { headers: { x: 'y'.repeat(1000) } }), /fetch failed/);
    await user.fetch('/').then((response) => response.text());
    assert.deepEqual(user.outcomes(), [200, 'request headers too large', 200]);
  });

  it('goes on where the server changes its table for headers', async () => {
    const sizes = [0, 4096, 100, 65_536, 0];
    await using server = await startRawHttp2Server((peer, stream) => {
      peer.settings([SETTING.HEADER_TABLE_SIZE, sizes[((stream - 1) / 2) % sizes.length]!]);
      peer.good(stream);
    });
    using user = openFetch({ target: server.url, http: 'h2c' });
    // The decoder of the server refuses what is not there.
    for (let n = 0; n < 10; n += 1)
      assert.equal(await (await user.fetch(`/${n}`, { headers: { 'x-n': `v${n % 3}` } })).text(), 'good');
    assert.equal(server.peers.length, 1);
  });

  it('sends bodies of all kinds at the pace of the windows', async () => {
    using server = await startHttp2((stream, headers) =>
      setTimeout(() => echo(stream, headers), headers[':path'] === '/slow' ? 50 : 0),
    );
    using user = openFetch({ target: server.url, http: 'h2c' });
    const half = new Uint8Array(500_000);
    async function* parts() {
      for (let n = 0; n < 3; n += 1) yield half;
    }
    const send = async (path: string, body: NonNullable<RequestInit['body']>) =>
      (await echoed(await user.fetch(path, { method: 'PUT', body, duplex: 'half' } as RequestInit))).length;
    const lengths = await Promise.all([
      send('/slow', 'x'.repeat(3_000_000)),
      send('/', half),
      send('/', ReadableStream.from(parts()) as NonNullable<RequestInit['body']>),
      send('/', ''),
      send('/', new Uint8Array(65_535)),
    ]);
    assert.deepEqual(lengths, [3_000_000, 500_000, 1_500_000, 0, 65_535]);
    const slow = user.exchanges.find(({ label }) => label.name === 'PUT /slow')!;
    assert.ok(slow.flushed - slow.sent >= 40, 'sending');
    assert.ok(slow.bytesOut > 3_000_000 && slow.bytesOut < 3_010_000);
  });

  it('a body that nobody reads holds up no other answer, and comes when it is read', async () => {
    const whole = 'z'.repeat(5_000_000);
    using server = await startHttp2(
      (stream, headers) => {
        stream.respond({ ':status': 200 });
        stream.end(headers[':path'] === '/long' ? whole : 'good');
      },
      { maxSessionMemory: 1000 },
    );
    using user = openFetch({ target: server.url, http: 'h2c' });
    const unread = await Promise.all(Array.from({ length: 12 }, () => user.fetch('/long')));
    for (let n = 0; n < 5; n += 1) assert.equal(await (await user.fetch('/')).text(), 'good');
    assert.equal((await unread[0]!.text()).length, whole.length);
    const reader = unread[1]!.body!.getReader();
    await reader.read();
    await reader.cancel();
    assert.equal(await (await user.fetch('/')).text(), 'good');
    assert.equal(server.sessions(), 1);
    assert.ok(user.client.connections.streams === 18);
  });

  it('takes trailers, 1xx, padding, and a body before the request has ended', async () => {
    await using server = await startRawHttp2Server((peer, stream) => {
      peer.head(stream, [
        [':status', '103'],
        ['link', '</a>'],
      ]);
      peer.frame(FRAME.HEADERS, FLAG.END_HEADERS | PADDED, stream, Buffer.from([2, 0x88, 0, 0]));
      peer.frame(FRAME.DATA, PADDED, stream, '\x03go...');
      peer.frame(FRAME.DATA, PADDED, stream, '\x00od');
      peer.frame(FRAME.DATA, 0, stream);
      peer.head(stream, [['x-checksum', '1']], END_STREAM);
    });
    using user = openFetch({ target: server.url, http: 'h2c' });
    async function* never() {
      yield new Uint8Array(10);
      await new Promise(() => undefined);
    }
    const body = ReadableStream.from(never()) as NonNullable<RequestInit['body']>;
    const answers = [
      user.fetch('/'),
      user.fetch('/', { method: 'POST', body, duplex: 'half' } as RequestInit),
    ];
    for (const answer of answers) assert.equal(await (await answer).text(), 'good');
    const isReset = () =>
      server.peers[0]!.seen.some(({ type, stream }) => type === FRAME.RST_STREAM && stream === 3);
    await waitUntil('the server to be told that the rest does not come', isReset);
  });

  it('aborts a stream, and leaves the others', async () => {
    await using server = await startRawHttp2Server((peer, stream, path) => {
      if (path !== '/hang') peer.good(stream);
    });
    using user = openFetch({ target: server.url, http: 'h2c' });
    const controller = new AbortController();
    const hanging = user.fetch('/hang', { signal: controller.signal });
    assert.equal(await (await user.fetch('/')).text(), 'good');
    controller.abort();
    await assert.rejects(hanging, { name: 'AbortError' });
    // What is still on its way to it is no mistake.
    server.peers[0]!.good(1);
    assert.equal(await (await user.fetch('/')).text(), 'good');
    assert.deepEqual(user.outcomes(), [200, 'aborted', 200]);
    assert.ok(
      server.peers[0]!.seen.some(
        ({ type, payload }) => type === FRAME.RST_STREAM && payload.readUInt32BE(0) === codeOf('CANCEL'),
      ),
    );
  });

  it('sends again what the server has not processed, of whatever method', async () => {
    await using server = await startRawHttp2Server((peer, stream, path) => {
      if (peer.number > 1 || path === '/first') peer.good(stream);
      else if (path === '/last') {
        peer.goAway(3, codeOf('NO_ERROR'));
        // What was processed is answered to its end.
        peer.good(3);
      }
    });
    using user = openFetch({ target: server.url, http: 'h2c' });
    const ask = (path: string) =>
      user.fetch(path, { method: 'POST', body: 'x' }).then((response) => response.text());
    await ask('/first');
    assert.deepEqual(await Promise.all(['/a', '/b', '/c', '/last'].map(ask)), Array(4).fill('good'));
    assert.equal(server.peers.length, 2);
    await waitUntil('the old connection to be closed', () => server.peers[0]!.socket.destroyed);
  });

  it('sends a stream that was refused again on the same connection', async () => {
    await using server = await startRawHttp2Server((peer, stream) => {
      if (stream === 3) peer.frame(FRAME.RST_STREAM, 0, stream, numbers(codeOf('REFUSED_STREAM')));
      else peer.good(stream);
    });
    using user = openFetch({ target: server.url, http: 'h2c' });
    for (let n = 0; n < 3; n += 1)
      assert.equal(await (await user.fetch('/', { method: 'POST' })).text(), 'good');
    assert.equal(server.peers.length, 1);
    assert.equal(user.client.connections.streams, 4);
  });

  it('sends again what is idempotent when a kept connection was closed under it', async () => {
    await using server = await startRawHttp2Server((peer, stream) => {
      if (peer.number === 1 && stream > 1) peer.socket.destroy();
      else peer.good(stream);
    });
    using user = openFetch({ target: server.url, http: 'h2c' });
    for (let n = 0; n < 2; n += 1) assert.equal(await (await user.fetch('/')).text(), 'good');
    assert.deepEqual(user.outcomes(), [200, 200]);
    assert.equal(server.peers.length, 2);
  });

  it('a connection that says nothing any more is not used on and on', async () => {
    await using server = await startRawHttp2Server((peer, stream) => {
      if (peer.number > 1 || stream === 1) peer.good(stream);
    });
    using user = openFetch({ target: server.url, http: 'h2c', requestTimeoutMs: 300 });
    await user.fetch('/').then((response) => response.text());
    await assert.rejects(user.fetch('/'), TypeError);
    assert.equal(await (await user.fetch('/')).text(), 'good');
    assert.deepEqual(user.outcomes(), [200, 'timeout', 200]);
  });

  it('a window of zero for ever, or no stream at all, is a timeout', async () => {
    await using server = await startRawHttp2Server(
      (peer, stream, path) => {
        if (path === '/none') peer.settings([SETTING.MAX_CONCURRENT_STREAMS, 0]);
        if (path !== '/post') peer.good(stream);
      },
      (peer) => peer.settings([SETTING.INITIAL_WINDOW_SIZE, 0]),
    );
    using user = openFetch({ target: server.url, http: 'h2c', requestTimeoutMs: 300 });
    await user.fetch('/').then((response) => response.text());
    await assert.rejects(user.fetch('/post', { method: 'POST', body: 'x' }), TypeError);
    await user.fetch('/none').then((response) => response.text());
    await assert.rejects(user.fetch('/'), TypeError);
    assert.deepEqual(user.outcomes(), [200, 'timeout', 200, 'timeout']);
    assert.equal(user.agent.settle(), null);
  });
});

describe('HTTP/2 over TLS', () => {
  let certificate: Certificate;
  before(async () => {
    certificate = await selfSigned('DNS:localhost');
  });

  const start = async (kind: 'both' | 'newer' | 'older') => {
    const listener = (request: { httpVersion: string }, response: { end(text: string): unknown }) =>
      response.end(request.httpVersion);
    const server =
      kind === 'older'
        ? createHttpsServer(certificate, listener as never)
        : createSecureServer({ ...certificate, allowHTTP1: kind === 'both' }, listener as never);
    const port = await listen(server as Http2Server);
    return { url: `https://localhost:${port}`, port, [Symbol.dispose]: () => void server.close() };
  };

  const rows: ['1.1' | 'auto' | '2' | 'h2c', 'both' | 'newer' | 'older', string][] = [
    ['auto', 'both', '2.0'],
    ['auto', 'newer', '2.0'],
    ['auto', 'older', '1.1'],
    ['1.1', 'both', '1.1'],
    ['2', 'both', '2.0'],
    ['h2c', 'newer', '2.0'],
    ['2', 'older', 'no http/2'],
    ['h2c', 'older', 'no http/2'],
  ];
  for (const [http, kind, expected] of rows) {
    it(`http: ${http}, of a server that speaks ${kind}, is ${expected}`, async () => {
      using server = await start(kind);
      using user = openFetch({ http, tls: { rejectUnauthorized: true, ca: certificate.cert } });
      const ask = () => user.fetch(server.url).then((response) => response.text());
      for (let n = 0; n < 2; n += 1) {
        const asked = await Promise.allSettled(Array.from({ length: 8 }, ask));
        if (expected === 'no http/2') assert.ok(asked.every(({ status }) => status === 'rejected'));
        else assert.deepEqual(asked, Array(8).fill({ status: 'fulfilled', value: expected }));
      }
      if (expected === 'no http/2') assert.deepEqual(user.outcomes(), Array(16).fill(expected));
      else {
        assert.deepEqual(user.outcomes(), Array(16).fill(200));
        assert.ok(user.exchanges[0]!.tls > 0);
        const { http1, http2 } = user.client.connections;
        if (expected === '2.0') assert.deepEqual([http1, http2], [0, 1]);
        else assert.ok(http2 === 0 && http1 >= 1 && http1 <= 6);
      }
      user.agent.closeIdle();
    });
  }

  it('http: 2 of what has no TLS is an error that says what to write', async () => {
    using user = openFetch({ http: '2' });
    await assert.rejects(user.fetch('http://127.0.0.1:2/'), ({ cause }: Error) =>
      /http: h2c/.test(String(cause)),
    );
    assert.deepEqual(user.outcomes(), ['no http/2']);
  });

  it('goes through a proxy by a tunnel, with TLS and without', async () => {
    const asked: string[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url!);
      const through = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        socket.pipe(through).pipe(socket);
      });
      for (const end of [through, socket]) end.on('error', () => undefined);
    });
    const url = `http://127.0.0.1:${await listen(proxy as never)}`;
    using secure = await start('newer');
    using plain = await startHttp2(echo);
    {
      using user = openFetch({
        http: 'h2c',
        proxies: { http: url, https: url },
        tls: { rejectUnauthorized: true, ca: certificate.cert },
      });
      assert.equal(await (await user.fetch(secure.url)).text(), '2.0');
      const { headers } = await echoed(await user.fetch(`${plain.url}/a?b`));
      assert.deepEqual([headers[':path'], headers[':authority']], ['/a?b', `127.0.0.1:${plain.port}`]);
    }
    assert.deepEqual(asked, [`localhost:${secure.port}`, `127.0.0.1:${plain.port}`]);
    proxy.closeAllConnections();
    proxy.close();
  });
});
