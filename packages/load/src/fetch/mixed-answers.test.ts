import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { openFetch } from '../fixtures/open-fetch.ts';
import { startRawServer } from '../fixtures/raw-server.ts';

const bodyOf = (path: string) => `this is the answer to ${path} and to nothing else`;
const plain = (text: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
const chunked = (text: string) =>
  `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

interface Manner {
  readonly say: (path: string) => string;
  readonly after?: (socket: Socket) => void;
  /**
   * Something follows the answer, and is sent with it in one: what comes when the next request is on its way can by
   * nobody be told from the answer to that (RFC 9112, 9.2).
   */
  readonly inOne?: true;
}

/** What a target sends for a path, and how it goes on: right and wrong in every way that could reach the next one. */
const manners: Record<string, Manner> = {
  plain: { say: (path) => plain(bodyOf(path)) },
  chunked: { say: (path) => chunked(bodyOf(path)) },
  'after an early hint': { say: (path) => `HTTP/1.1 103 Hints\r\n\r\n${plain(bodyOf(path))}` },
  'twice over': { say: (path) => plain(bodyOf(path)) + plain('forged'), inOne: true },
  'with a length too short': { say: (path) => plain(bodyOf(path)).replace(/: \d+/, ': 7'), inOne: true },
  'with a length too long': {
    say: (path) => plain(bodyOf(path)).replace(/: \d+/, ': 900'),
    after: (s) => s.end(),
  },
  'with more behind the last chunk': {
    say: (path) => `${chunked(bodyOf(path))}HTTP/1.1 200 OK\r\n`,
    inOne: true,
  },
  'cut off': { say: (path) => plain(bodyOf(path)).slice(0, -5), after: (s) => s.end() },
  'and resets': { say: (path) => chunked(bodyOf(path)).slice(0, -9), after: (s) => s.resetAndDestroy() },
  'as garbage': { say: (path) => `\0\x16\x03${bodyOf(path)}` },
  'to its end': { say: (path) => `HTTP/1.1 200 OK\r\n\r\n${bodyOf(path)}`, after: (s) => s.end() },
};
const manner = fc.constantFrom(...Object.keys(manners));
/** Where a stream is cut into parts that come one turn of the loop after the other. */
const cuts = fc.array(fc.nat(120), { maxLength: 3 });

describe('whatever a target does,', () => {
  it('nothing of one answer ever shows in another', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(manner, cuts), { minLength: 2, maxLength: 24 }),
        async (requests) => {
          const planned = new Map(requests.map((one, n) => [`/${n}`, one]));
          await using server = await startRawServer((socket, path) =>
            send(socket, path, ...planned.get(path)!),
          );
          using user = openFetch({ target: server.url, requestTimeoutMs: 5000 });
          let answered = 0;
          const ask = async (path: string) => {
            const text = await user
              .fetch(path)
              .then((response) => response.text())
              .catch(() => null);
            if (text === null) return;
            answered += 1;
            // A length that is too short cuts its own answer, and nobody else's.
            assert.ok(
              bodyOf(path).startsWith(text) && text.length >= 7,
              `${path} got ${JSON.stringify(text)}`,
            );
          };
          // Some side by side, more than a user has connections, and some on connections that were used before.
          for (let n = 0; n < requests.length; n += 8)
            await Promise.all(requests.slice(n, n + 8).map((_, i) => ask(`/${n + i}`)));
          const right = requests.filter(([name]) =>
            ['plain', 'chunked', 'after an early hint'].includes(name),
          );
          assert.ok(answered >= right.length, `${answered} of ${right.length} right answers came through`);
        },
      ),
      { numRuns: 60 },
    );
  });
});

async function send(socket: Socket, path: string, name: string, at: readonly number[]): Promise<void> {
  const { say, after, inOne } = manners[name]!;
  const text = say(path);
  const inside = inOne ? [] : at.map((cut) => cut % text.length).sort((a, b) => a - b);
  const places = [0, ...inside, text.length];
  for (const [i, from] of places.slice(0, -1).entries()) {
    if (socket.destroyed) return;
    socket.write(text.slice(from, places[i + 1]), 'latin1');
    await turn();
  }
  after?.(socket);
}
