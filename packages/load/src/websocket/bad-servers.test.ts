import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { type Act, answerTo, startBadWebSocketServer } from '../fixtures/bad-websocket-server.ts';
import { openFetch } from '../fixtures/open-fetch.ts';
import { LARGEST_MESSAGE } from './frame-reader.ts';

const frames = (socket: Socket, accept: string, ...bytes: number[][]): void => {
  socket.write(answerTo(accept));
  for (const each of bytes) socket.write(Buffer.from(each));
};
const bomb = deflateRawSync(Buffer.alloc(LARGEST_MESSAGE + 1), { finishFlush: 2 }).subarray(0, -4);

interface Bad {
  readonly act: Act;
  /** What the script is told, and what the report names it. */
  readonly code: number;
  readonly clean?: boolean;
  readonly named: RegExp;
}

/** What servers do, and what comes of it. */
const handshakes: Record<string, { act: Act; outcome: string | number }> = {
  resets: { act: (socket) => socket.resetAndDestroy(), outcome: 'ECONNRESET' },
  'closes at once': { act: (socket) => socket.destroy(), outcome: 'closed' },
  'closes its half': { act: (socket) => socket.end(), outcome: 'closed' },
  'never answers': { act: () => undefined, outcome: 'timeout' },
  'sends garbage': {
    act: (socket) => socket.write('\x00\x01garbage\r\n\r\n'),
    outcome: 'parse: status line',
  },
  'sends a head without an end': {
    act: (socket) => socket.write(`HTTP/1.1 101 Hm\r\nx: ${'x'.repeat(20_000)}`),
    outcome: 'ws: parse',
  },
  'answers 200': {
    act: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi'),
    outcome: 'ws: 200',
  },
  'answers 302': {
    act: (socket) => socket.write('HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n'),
    outcome: 'ws: 302',
  },
  'answers 403': {
    act: (socket) => socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'),
    outcome: 403,
  },
  'has a wrong accept': { act: (socket) => socket.write(answerTo('d3Jvbmc=')), outcome: 'ws: accept' },
  'does not upgrade': {
    act: (socket, accept) => socket.write(answerTo(accept).replace('Upgrade: websocket', 'Upgrade: h2c')),
    outcome: 'ws: upgrade',
  },
  'chooses a protocol that was not offered': {
    act: (socket, accept) => socket.write(answerTo(accept, 'Sec-WebSocket-Protocol: x\r\n')),
    outcome: 'ws: protocol',
  },
  'chooses an extension that was not offered': {
    act: (socket, accept) => socket.write(answerTo(accept, 'Sec-WebSocket-Extensions: permessage-zip\r\n')),
    outcome: 'ws: extension',
  },
};

const ends: Record<string, Bad> = {
  'resets when it is open': {
    act: (socket, accept) =>
      socket.write(answerTo(accept), () => setImmediate(() => socket.resetAndDestroy())),
    code: 1006,
    named: /^ws closed 1006 by the target: read ECONNRESET/,
  },
  'closes its half when it is open': {
    act: (socket, accept) => socket.end(answerTo(accept)),
    code: 1006,
    named: /^ws closed 1006 by the target: the connection was closed without a close frame/,
  },
  'sends garbage for frames': {
    act: (socket, accept) => socket.write(`${answerTo(accept)}HTTP/1.1 400 Bad Request\r\n\r\n`),
    code: 1006,
    named: /^ws closed 1002 by the client: /,
  },
  'sends a frame of 100 MB': {
    act: (socket, accept) => frames(socket, accept, [0x82, 127, 0, 0, 0, 0, 6, 0, 0, 0]),
    code: 1006,
    named: /^ws closed 1009 by the client: a message is longer than 64 MB/,
  },
  'masks its frames': {
    act: (socket, accept) => frames(socket, accept, [0x81, 0x81, 1, 2, 3, 4, 5]),
    code: 1006,
    named: /masked/,
  },
  'sends no UTF-8': {
    act: (socket, accept) => frames(socket, accept, [0x81, 1, 0xff]),
    code: 1006,
    named: /^ws closed 1007 by the client/,
  },
  'sends a bomb': {
    act: (socket, accept) => {
      socket.write(answerTo(accept, 'Sec-WebSocket-Extensions: permessage-deflate\r\n'));
      const length = Buffer.alloc(8);
      length.writeUInt32BE(bomb.length, 4);
      socket.write(Buffer.concat([Buffer.from([0xc2, 127]), length, bomb]));
    },
    code: 1006,
    named: /^ws closed 1009 by the client: a message unfolds to more than 64 MB/,
  },
  'fragments without an end': {
    act: (socket, accept) => {
      socket.write(answerTo(accept));
      const part = Buffer.concat([
        Buffer.from([0, 127, 0, 0, 0, 0, 0, 0x80, 0, 0]),
        Buffer.alloc(8 * 1024 * 1024),
      ]);
      socket.write(Buffer.from([1, 0]));
      const more = (n: number): unknown => n > 0 && socket.write(part, () => more(n - 1));
      more(9);
    },
    code: 1006,
    named: /^ws closed 1009 by the client/,
  },
  'closes with a code that nobody may send': {
    act: (socket, accept) => frames(socket, accept, [0x88, 2, 1005 >> 8, 1005 & 255]),
    code: 1006,
    named: /^ws closed 1002 by the client: a close frame has the code 1005/,
  },
  ...Object.fromEntries(
    [1011, 1013, 3000, 4999].map((code): [string, Bad] => [
      `closes with ${code}`,
      {
        act: (socket, accept) => frames(socket, accept, [0x88, 4, code >> 8, code & 255, 0x6e, 0x6f]),
        code,
        clean: true,
        named: new RegExp(`^ws closed ${code} by the target: no`),
      },
    ]),
  ),
};

const acts = Object.fromEntries(
  Object.entries({ ...handshakes, ...ends }).map(([name, { act }]) => [name, act]),
);

describe('a server that', () => {
  it('does not shake hands is named by what it does', async () => {
    await using server = await startBadWebSocketServer(acts);
    for (const [name, { outcome }] of Object.entries(handshakes)) {
      using user = openFetch({ requestTimeoutMs: name === 'never answers' ? 200 : 60_000 });
      const socket = new user.WebSocket(`${server.url}/${encodeURIComponent(name)}`);
      const errors: string[] = [];
      socket.addEventListener('error', (event) =>
        errors.push((event as Event & { message: string }).message),
      );
      const [{ code, wasClean }] = (await once(socket, 'close')) as [CloseEvent];
      assert.deepEqual([code, wasClean, socket.readyState, errors.length], [1006, false, 3, 1], name);
      assert.deepEqual(user.outcomes(), [outcome], name);
      assert.equal(user.client.inFlight.size, 0, name);
    }
  });

  for (const [name, { code, clean = false, named }] of Object.entries(ends)) {
    it(name, async () => {
      await using server = await startBadWebSocketServer(acts);
      using user = openFetch();
      const socket = new user.WebSocket(`${server.url}/${encodeURIComponent(name)}`);
      const [event] = (await once(socket, 'close')) as [CloseEvent];
      assert.deepEqual([event.code, event.wasClean, socket.readyState], [code, clean, 3]);
      assert.deepEqual(user.outcomes(), [101]);
      assert.equal(user.troubles.length, 1);
      assert.match(user.troubles[0]!, named);
      assert.equal(user.client.streams, 0);
    });
  }

  it('does not answer that we close is not waited for', async () => {
    await using server = await startBadWebSocketServer({
      quiet: (socket, accept) => socket.write(answerTo(accept)),
    });
    using user = openFetch();
    const socket = new user.WebSocket(`${server.url}/quiet`);
    await once(socket, 'open');
    socket.close(3001, 'enough');
    assert.equal(socket.readyState, 2);
    const [{ code, wasClean }] = (await once(socket, 'close')) as [CloseEvent];
    assert.deepEqual([code, wasClean], [1006, false]);
    assert.deepEqual(user.troubles, ['ws closed 1006 by the target: the close was not answered within 3 s']);
  });
});
