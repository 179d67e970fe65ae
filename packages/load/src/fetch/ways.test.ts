import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createTempFolder } from '@marteau/testkit';
import { WebSocketServer } from 'ws';
import { startAnsweringServer } from '../fixtures/answering-server.ts';
import { openFetch } from '../fixtures/open-fetch.ts';
import { selfSigned } from '../fixtures/self-signed.ts';

async function listen(server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** An HTTPS server that says whether a connection's session was resumed. */
async function startTls(certificate: Awaited<ReturnType<typeof selfSigned>>) {
  const server = createServer(certificate, (request, response) => {
    response.setHeader('connection', 'close');
    response.end(String((request.socket as TLSSocket).isSessionReused()));
  });
  const port = await listen(server);
  return { port, [Symbol.asyncDispose]: () => close(server) };
}

async function close(server: Server | ReturnType<typeof createHttpServer>): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

/** A proxy as they are: forwards whole URLs, and opens tunnels. */
async function startProxy(wanted?: string) {
  const asked: string[] = [];
  const admits = (authorization: string | undefined) => wanted === undefined || authorization === wanted;
  const server = createHttpServer(async (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (!admits(request.headers['proxy-authorization'])) response.writeHead(407).end();
    else response.end(await (await fetch(request.url!)).text());
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.on('error', () => undefined);
    if (!admits(request.headers['proxy-authorization'])) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const through = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(through).pipe(socket);
    });
    through.on('error', () => socket.destroy());
  });
  const port = await listen(server);
  return { asked, url: `http://127.0.0.1:${port}`, port, [Symbol.asyncDispose]: () => close(server) };
}

describe('over TLS', () => {
  it('NODE_TLS_REJECT_UNAUTHORIZED counts as for Node, whenever a script sets it', async () => {
    await using server = await startTls(await selfSigned('DNS:localhost'));
    using user = openFetch();
    const ask = () => user.fetch(`https://localhost:${server.port}/`);
    await assert.rejects(ask());
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      assert.equal((await ask()).status, 200);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it('sessions are resumed', async () => {
    const certificate = await selfSigned('DNS:localhost');
    await using server = await startTls(certificate);
    using user = openFetch({ tls: { rejectUnauthorized: true, ca: certificate.cert } });
    const resumed = [];
    for (let n = 0; n < 3; n += 1)
      resumed.push(await (await user.fetch(`https://localhost:${server.port}/`)).text());
    assert.deepEqual(resumed, ['false', 'true', 'true']);
    assert.ok(user.exchanges.every(({ tls, connect }) => tls > 0 && connect > 0));
  });

  const bad: [string, Parameters<typeof selfSigned>, boolean, string][] = [
    ['is self-signed', ['DNS:localhost'], false, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['has expired', ['DNS:localhost', '20210101000000Z'], true, 'CERT_HAS_EXPIRED'],
    ['is of another host', ['DNS:shop.example'], true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ];
  for (const [name, wanted, isTrusted, code] of bad) {
    it(`a certificate that ${name} is refused, unless the file says otherwise`, async () => {
      const certificate = await selfSigned(...wanted);
      await using server = await startTls(certificate);
      const url = `https://localhost:${server.port}/`;
      using careful = openFetch({
        tls: { rejectUnauthorized: true, ca: isTrusted ? certificate.cert : undefined },
      });
      for (let n = 0; n < 2; n += 1) await assert.rejects(careful.fetch(url), { name: 'TypeError' });
      assert.deepEqual(careful.outcomes(), [code, code]);
      using careless = openFetch({ tls: { rejectUnauthorized: false } });
      assert.equal((await careless.fetch(url)).status, 200);
    });
  }

  it('a server that speaks none is counted, and so is HTTP to one that does', async () => {
    await using plain = await startAnsweringServer();
    using user = openFetch({ requestTimeoutMs: 2000 });
    await assert.rejects(user.fetch(plain.url.replace('http:', 'https:')), TypeError);
    assert.match(String(user.outcomes()[0]), /^(ERR_SSL_|EPROTO|ECONNRESET|closed)/);
  });
});

describe('through a proxy', () => {
  it('goes HTTP by its whole URL, with what the proxy wants to know', async () => {
    await using target = await startAnsweringServer();
    await using proxy = await startProxy(`Basic ${btoa('me:secret')}`);
    using user = openFetch({ proxies: { http: proxy.url.replace('//', '//me:secret@') } });
    assert.equal(await (await user.fetch(`${target.url}/text`)).text(), 'Grüße, 世界\n');
    assert.deepEqual(proxy.asked, [`GET ${target.url}/text`]);
    using unknown = openFetch({ proxies: { http: proxy.url } });
    assert.equal((await unknown.fetch(`${target.url}/text`)).status, 407);
  });

  it('goes HTTPS by a tunnel, which is kept', async () => {
    const certificate = await selfSigned('DNS:localhost');
    await using server = await startTls(certificate);
    await using proxy = await startProxy();
    using user = openFetch({
      proxies: { https: proxy.url },
      tls: { rejectUnauthorized: true, ca: certificate.cert },
    });
    for (let n = 0; n < 2; n += 1)
      assert.equal(await (await user.fetch(`https://localhost:${server.port}/`)).text(), String(n > 0));
    assert.deepEqual(proxy.asked, Array(2).fill(`CONNECT localhost:${server.port}`));
    assert.ok(user.exchanges.every(({ tls, connect }) => tls > 0 && connect > 0));
  });

  it('goes a WebSocket by a tunnel, without TLS too', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    server.on('connection', (socket, { url, headers }) =>
      socket.send(`${url} ${headers['proxy-authorization'] ?? 'nothing of the proxy'}`),
    );
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await using proxy = await startProxy(`Basic ${btoa('me:secret')}`);
    using user = openFetch({ proxies: { http: proxy.url.replace('//', '//me:secret@') } });
    const socket = new user.WebSocket(`ws://127.0.0.1:${port}/chat?a=b`);
    const [{ data }] = (await once(socket, 'message')) as [MessageEvent];
    assert.equal(data, '/chat?a=b nothing of the proxy');
    assert.deepEqual(proxy.asked, [`CONNECT 127.0.0.1:${port}`]);
    socket.close();
    await once(socket, 'close');
    server.close();
  });

  it('a tunnel that is refused is counted as what the proxy said', async () => {
    await using proxy = await startProxy('Basic x');
    using user = openFetch({ proxies: { https: proxy.url } });
    await assert.rejects(user.fetch('https://localhost:1/'), ({ cause }: Error) =>
      /the proxy answered CONNECT with 407/.test(String(cause)),
    );
    assert.deepEqual(user.outcomes(), ['proxy: 407']);
  });

  it('goes nothing that NO_PROXY names', async () => {
    await using target = await startAnsweringServer();
    await using proxy = await startProxy();
    const port = new URL(target.url).port;
    for (const no of ['127.0.0.1', '*', `x.example,127.0.0.1:${port}`, ' localhost, 127.0.0.1 ']) {
      using user = openFetch({ proxies: { http: proxy.url, no } });
      assert.equal((await user.fetch(`${target.url}/text`)).status, 200);
    }
    assert.deepEqual(proxy.asked, []);
    for (const no of ['example.com', '127.0.0.1:1', '']) {
      using user = openFetch({ proxies: { http: proxy.url, no } });
      await user.fetch(`${target.url}/text`);
    }
    assert.equal(proxy.asked.length, 3);
  });

  it('that is none is refused with a sentence', async () => {
    using user = openFetch({ proxies: { http: 'socks5://127.0.0.1:1080' } });
    await assert.rejects(
      user.fetch('http://localhost/'),
      /HTTP_PROXY is not the address of an HTTP proxy\. Write/,
    );
  });

  it('that answers nonsense is counted', async () => {
    const server = createTcpServer((socket) =>
      socket.on('error', () => undefined).end('220 mail ready\r\n\r\n'),
    );
    const port = await listen(server as never);
    using user = openFetch({ proxies: { https: `127.0.0.1:${port}` } });
    await assert.rejects(user.fetch('https://localhost/'), TypeError);
    assert.match(String(user.outcomes()[0]), /^(proxy: parse|closed|ECONNRESET|EPIPE)$/);
    server.close();
  });
});

describe('over a Unix socket', () => {
  it('goes a request like any other, relative ones too', async () => {
    await using folder = await createTempFolder();
    await using server = await startAnsweringServer({ path: join(folder.path, 'a socket') });
    using user = openFetch({ target: server.url });
    const seen = (await (await user.fetch('/echo?a=1')).json()) as { url: string };
    assert.equal(seen.url, '/echo?a=1');
    assert.equal((await user.fetch(`${server.url}/redirect?to=/text`)).url, `${server.url}/text`);
    assert.equal(user.exchanges[0]?.label.name, 'GET /echo');
  });

  it('that is not there is counted', async () => {
    using user = openFetch();
    await assert.rejects(user.fetch('http+unix://%2Fno%2Fsuch.sock/'), ({ cause }: Error) =>
      /ENOENT/.test(String(cause)),
    );
    assert.deepEqual(user.outcomes(), ['ENOENT']);
  });
});
