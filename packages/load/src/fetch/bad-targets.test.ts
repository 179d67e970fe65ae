import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { openFetch } from '../fixtures/open-fetch.ts';
import { startRawServer } from '../fixtures/raw-server.ts';

const good = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood';

/** Name, what the target does with /bad, and the class that is counted. */
const targets: [string, (socket: Socket) => unknown, string][] = [
  ['resets the connection', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
  ['closes without an answer', (socket) => socket.end(), 'closed'],
  ['closes in the middle of the head', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-'), 'closed'],
  [
    'closes in the middle of the body',
    (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'),
    'closed',
  ],
  [
    'closes in the middle of a chunk',
    (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\nhalf'),
    'closed',
  ],
  [
    'resets in the middle of the body',
    (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      ),
    'ECONNRESET',
  ],
  [
    'announces no number',
    (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n'),
    'parse: content-length',
  ],
  [
    'announces two lengths',
    (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\ngood'),
    'parse: content-length',
  ],
  [
    'has length and chunks',
    (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
    'parse: content-length',
  ],
  [
    'sends a chunk without a size',
    (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\ngood\r\n0\r\n\r\n'),
    'parse: chunk size',
  ],
  [
    'sends a chunk that is too long',
    (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\ngood\r\n0\r\n\r\n'),
    'parse: chunk end',
  ],
  [
    'has a header without a colon',
    (socket) => socket.write('HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'),
    'parse: header',
  ],
  ['has a NUL in a header', (socket) => socket.write('HTTP/1.1 200 OK\r\na: b\0c\r\n\r\n'), 'parse: header'],
  ['folds a header', (socket) => socket.write('HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n'), 'parse: header'],
  ['speaks HTTP/0.9', (socket) => socket.end('<html>good</html>'), 'parse: status line'],
  ['speaks HTTP/2', (socket) => socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])), 'parse: status line'],
  ['speaks something else', (socket) => socket.write('-ERR unknown command\r\n'), 'parse: status line'],
  [
    'upgrades unasked',
    (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'),
    'parse: upgrade',
  ],
  [
    'never ends its head',
    (socket) => flood(socket, 'HTTP/1.1 200 OK\r\n', `x: ${'y'.repeat(10_000)}\r\n`),
    'parse: header too large',
  ],
  [
    'closes its half and says no more',
    (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n', () => socket.end()),
    'closed',
  ],
  [
    'sends a header line of 100 MB',
    (socket) => flood(socket, 'HTTP/1.1 200 OK\r\nx: ', 'y'.repeat(64 * 1024)),
    'parse: header too large',
  ],
  ['hangs', () => undefined, 'timeout'],
  [
    'hangs in the middle of the body',
    (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'),
    'timeout',
  ],
  [
    'sends a body without an end, slowly,',
    (socket) => drip(socket, 'HTTP/1.1 200 OK\r\n\r\n', 'z'.repeat(1000)),
    'timeout',
  ],
  [
    'sends a body without an end, as fast as it is read,',
    (socket) => flood(socket, 'HTTP/1.1 200 OK\r\n\r\n', 'z'.repeat(64 * 1024)),
    'body too large',
  ],
];

/** Writes without end, at the pace of whoever reads. */
function flood(socket: Socket, first: string, more: string): void {
  socket.write(first);
  const write = () => {
    while (!socket.destroyed && socket.write(more));
  };
  socket.on('drain', write);
  write();
}

/** Writes without end, a little now and then. */
function drip(socket: Socket, first: string, more: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(more), 10);
  socket.once('close', () => clearInterval(timer));
}

describe('a target that', () => {
  for (const [name, bad, expected] of targets) {
    it(`${name} is counted as ${expected}, and nothing of it shows in the next answer`, async () => {
      await using server = await startRawServer((socket, path) =>
        path === '/bad' ? bad(socket) : socket.write(good),
      );
      using user = openFetch({ target: server.url, requestTimeoutMs: expected === 'timeout' ? 500 : 30_000 });
      const { fetch, agent } = user;
      for (let i = 0; i < 3; i += 1) {
        assert.equal(await (await fetch('/good')).text(), 'good');
        await fetch('/bad')
          .then((response) => response.text())
          .then(
            () => 'answered',
            (error: Error) => {
              assert.ok(error instanceof TypeError, String(error));
            },
          );
        assert.equal(await (await fetch('/good')).text(), 'good');
        await agent.settle();
      }
      assert.deepEqual(user.outcomes(), Array(3).fill([200, expected, 200]).flat());
    });
  }

  for (const [name, sent] of [
    ['says more than it announced', 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood and more'],
    ['answers twice', good + good],
    ['ends an answer with a line too many', `${good}\r\n`],
    ['has a transfer encoding of its own', 'HTTP/1.1 200 OK\r\ntransfer-encoding: rot13\r\n\r\ngood'],
    ['begins with an empty line', `\r\n${good}`],
    ['has zeros before its length', 'HTTP/1.1 200 OK\r\ncontent-length: 00000000000000000004\r\n\r\ngood'],
  ] as const)
    it(`${name} has answered, on a connection that is not used again`, async () => {
      await using server = await startRawServer((socket) => socket.end(sent));
      using user = openFetch({ target: server.url });
      for (let i = 0; i < 3; i += 1) assert.equal(await (await user.fetch('/')).text(), 'good');
      await user.agent.settle();
      assert.deepEqual(user.outcomes(), [200, 200, 200]);
      assert.equal(server.connections(), 3);
    });

  it('says when it closes is not asked on that connection in the last second of it', async () => {
    await using server = await startRawServer((socket, path) =>
      socket.write(
        `HTTP/1.1 200 OK\r\nkeep-alive: timeout=${path.slice(1)}\r\ncontent-length: 4\r\n\r\ngood`,
      ),
    );
    using user = openFetch({ target: server.url });
    for (const seconds of [1, 1, 60, 60])
      assert.equal(await (await user.fetch(`/${seconds}`)).text(), 'good');
    assert.equal(server.connections(), 3);
  });

  it('is not there is counted as ECONNREFUSED', async () => {
    using user = openFetch();
    await assert.rejects(user.fetch('http://127.0.0.1:1/'), (error: Error) => {
      assert.equal(error.message, 'fetch failed');
      assert.equal((error.cause as Error).message, 'connect ECONNREFUSED 127.0.0.1:1');
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'ECONNREFUSED');
      return true;
    });
    assert.deepEqual(user.outcomes(), ['ECONNREFUSED']);
  });

  it('finds no sockets left is counted, and goes on when there are some', async () => {
    await using server = await startTargetServer();
    const script = fileURLToPath(new URL('../fixtures/without-sockets.ts', import.meta.url));
    const limited = 'ulimit -n 60; exec "$0" "$1" "$2"';
    const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, script, server.url]);
    const { outcomes, after } = JSON.parse(stdout) as { outcomes: Record<string, number>; after: number };
    assert.deepEqual(Object.keys(outcomes).sort(), ['200', 'EMFILE']);
    assert.equal(after, 200);
  });

  it('has no address is counted as ENOTFOUND', async () => {
    using user = openFetch();
    await assert.rejects(user.fetch('http://nowhere.invalid/'), ({ cause }: Error) =>
      /getaddrinfo/.test(String(cause)),
    );
    assert.match(String(user.outcomes()[0]), /^(ENOTFOUND|EAI_AGAIN)$/);
  });

  it('closes a kept connection is asked again on a new one, where that does no harm', async () => {
    await using server = await startRawServer((socket, _path, n) =>
      n === 1 ? socket.write(good) : socket.resetAndDestroy(),
    );
    using user = openFetch({ target: server.url });
    for (let i = 0; i < 3; i += 1) assert.equal(await (await user.fetch('/')).text(), 'good');
    assert.deepEqual(user.outcomes(), [200, 200, 200]);
    assert.equal(server.connections(), 3);
    await assert.rejects(user.fetch('/', { method: 'POST', body: 'x' }), ({ cause }: Error) =>
      /ECONNRESET|EPIPE/.test(String(cause)),
    );
  });

  it('closes an idle connection is noticed before the next request', async () => {
    await using server = await startRawServer((socket) => socket.end(good));
    using user = openFetch({ target: server.url });
    for (let i = 1; i <= 3; i += 1) {
      assert.equal(await (await user.fetch('/', { method: 'POST' })).text(), 'good');
      await waitUntil('the socket to be gone', () => user.client.sockets === 0);
    }
    assert.deepEqual(user.outcomes(), [200, 200, 200]);
  });

  it('dies and returns is hit again', async () => {
    const first = await startTargetServer();
    const { port, url } = first;
    using user = openFetch({ target: url });
    assert.equal((await user.fetch('/hello')).status, 200);
    await first[Symbol.asyncDispose]();
    await assert.rejects(user.fetch('/hello'), ({ cause }: Error) =>
      /ECONNREFUSED|ECONNRESET/.test(String(cause)),
    );
    await using _second = await startTargetServer({ port });
    assert.equal((await user.fetch('/hello')).status, 200);
  });

  it('says 100 and 103 before its answer is understood', async () => {
    const early = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
    await using server = await startRawServer((socket) => socket.write(early + good));
    using user = openFetch({ target: server.url });
    const response = await user.fetch('/');
    assert.deepEqual(
      [response.status, response.headers.get('link'), await response.text()],
      [200, null, 'good'],
    );
  });

  it('sends bytes when nobody has asked loses its connection, and the next answer is its own', async () => {
    await using server = await startRawServer((socket, _path, n) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n${n}`);
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged'), 10);
    });
    using user = openFetch({ target: server.url });
    for (let i = 0; i < 3; i += 1) {
      assert.equal(await (await user.fetch('/')).text(), '1');
      await waitUntil('the connection to be closed', () => user.client.sockets === 0);
    }
  });
});
