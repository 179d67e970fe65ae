import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { describe, it } from 'node:test';
import { openFetch } from '../fixtures/open-fetch.ts';
import type { RequestTemplate } from './request-template.ts';
import { SendBuffer } from './send-buffer.ts';

/** Answers with what was asked: the lines of the head, and the body. */
async function startEcho() {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    response.setHeader('set-cookie', 'session=1234567');
    response.end(JSON.stringify({ headers: request.headers, body: Buffer.concat(parts).toString() }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

interface Echo {
  readonly headers: Record<string, string>;
  readonly body: string;
}

describe('a request on its way out', () => {
  it('arrives as it was asked for, whatever was sent before it and however long it is', async () => {
    await using server = await startEcho();
    using user = openFetch({ target: server.url });
    const bodies = ['', 'short', 'é ∞ 🜲', 'x'.repeat(15_000), 'x'.repeat(16_500), 'é'.repeat(300_000)];
    for (const round of [1, 2]) {
      for (const body of bodies) {
        for (const given of [body, new TextEncoder().encode(body)]) {
          const headers = { 'x-round': `${round}` };
          const answer = await user.fetch('/', { method: 'POST', body: given, headers });
          const echo = (await answer.json()) as Echo;
          assert.equal(echo.body, body);
          assert.equal(echo.headers['x-round'], `${round}`);
          assert.equal(echo.headers['content-length'], `${Buffer.byteLength(body)}`);
        }
      }
    }
  });

  it('has room for a head of any length', async () => {
    await using server = await startEcho();
    using user = openFetch({ target: server.url });
    const long = 'y'.repeat(10_000);
    const headers = { 'x-a': long, 'x-b': 'short' };
    const echo = (await (await user.fetch('/', { headers })).json()) as Echo;
    assert.equal(echo.headers['x-a'], long);
    const raw = createTcpServer((socket) => {
      let seen = '';
      socket.setEncoding('latin1').on('data', (text) => {
        seen += text;
        if (seen.endsWith('\r\n\r\n')) socket.end(`HTTP/1.1 200 OK\r\n\r\n${seen.length}`);
      });
    });
    raw.listen(0, '127.0.0.1');
    await once(raw, 'listening');
    const url = `http://127.0.0.1:${(raw.address() as AddressInfo).port}/`;
    const answer = await user.fetch(url, { headers: { 'x-a': long, 'x-b': long } });
    assert.equal(Number(await answer.text()), user.exchanges.at(-1)!.bytesOut);
    assert.ok(user.exchanges.at(-1)!.bytesOut > 20_000);
    raw.close();
  });

  it('has a trace of its own, and the cookies of its user', async () => {
    await using server = await startEcho();
    using user = openFetch({ target: server.url });
    const seen: Echo[] = [];
    for (let i = 0; i < 40; i += 1) seen.push((await (await user.fetch('/')).json()) as Echo);
    const traces = seen.map(({ headers }) => headers.traceparent ?? '');
    for (const trace of traces) assert.match(trace, /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-01$/);
    assert.equal(new Set(traces).size, 40);
    const cookies = seen.map(({ headers }) => headers.cookie);
    assert.deepEqual([cookies[0], new Set(cookies.slice(1))], [undefined, new Set(['session=1234567'])]);
  });

  it('waits for a kernel that has no room, and nothing that is sent meanwhile takes its place', async () => {
    const server = createTcpServer({ pauseOnConnect: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    const [reader] = await accepted;
    const sendBuffer = new SendBuffer(null);
    const sent = Array.from({ length: 2000 }, (_, n) => `${n} `.padEnd(n % 2 ? 8000 : 9000, 'z'));
    for (const head of sent) {
      sendBuffer.begin({ head, hasTrace: true } as RequestTemplate);
      sendBuffer.send(socket);
    }
    const received: Buffer[] = [];
    const ended = once(reader, 'end');
    reader.on('data', (bytes: Buffer) => received.push(bytes)).resume();
    socket.end();
    await ended;
    assert.ok(Buffer.concat(received).equals(Buffer.from(sent.join(''))), 'all bytes, in order');
    server.close();
  });
});
