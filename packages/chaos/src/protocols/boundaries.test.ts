// Every protocol finds the same messages however the bytes are cut.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Exchange } from '../contracts.ts';
import { mysqlPacket } from '../fixtures/mysql-packet.ts';
import { findProtocol, protocols } from './index.ts';
import type { Dialogue } from './protocol.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const resp = (...words: string[]) =>
  latin(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`);
const big = 'x'.repeat(3000);

/** A turn: what the client sends, what is found in it, and what the backend says to it. */
type Turn = [request: Buffer, heads: string[], response: Buffer, answers: number];

function postgresMessage(type: string, body: string): Buffer {
  const header = Buffer.alloc(type.length + 4);
  header.write(type, 'latin1');
  header.writeUInt32BE(body.length + 4, type.length);
  return Buffer.concat([header, latin(body)]);
}

function memcachePacket(magic: number, opcode: number, key: string, body: string): Buffer {
  const header = Buffer.alloc(24);
  header[0] = magic;
  header[1] = opcode;
  header.writeUInt16BE(key.length, 2);
  header.writeUInt32BE(key.length + body.length, 8);
  return Buffer.concat([header, latin(key + body)]);
}

const ok = (sequence: number) => mysqlPacket(sequence, 0, 0, 0, 2, 0, 0, 0);
const eof = (sequence: number, status = 2) => mysqlPacket(sequence, 0xfe, 0, 0, status, 0);

const conversations: Record<string, { name: string; turns: Turn[] }[]> = {
  redis: [
    {
      name: 'RESP 2 and 3, pipelines, inline commands',
      turns: [
        [
          Buffer.concat([resp('GET', 'a'), resp('set', 'b', big)]),
          ['GET a', 'SET b'],
          latin(`$1\r\nx\r\n+OK\r\n`),
          2,
        ],
        [resp('PING'), ['PING'], latin('+PONG\r\n'), 1],
        [latin('PING\r\nGET  k\r\n'), ['PING', 'GET k'], latin('+PONG\r\n$-1\r\n'), 2],
        [resp('LRANGE', 'l', '0', '9'), ['LRANGE l'], latin('*3\r\n$1\r\na\r\n*1\r\n:1\r\n*-1\r\n'), 1],
        [
          resp('HGETALL', 'h'),
          ['HGETALL h'],
          latin('|1\r\n+ttl\r\n:3\r\n%2\r\n+a\r\n:1\r\n+b\r\n~1\r\n_\r\n'),
          1,
        ],
        [resp('GET', 'x'), ['GET x'], latin('>2\r\n+invalidate\r\n*1\r\n$1\r\nx\r\n,3.14\r\n'), 1],
        [resp('GET', 'x'), ['GET x'], latin('-ERR no\r\n'), 1],
        [resp('GET', ''), ['GET '], latin('*0\r\n'), 1],
        [
          Buffer.concat([
            resp('get', 'k\xc3\xa9y'),
            resp('MGET', big, 'b'),
            resp('GET', 'k'),
            resp('GET', 'k'),
          ]),
          ['GET kéy', `MGET ${big.slice(0, 512)}`, 'GET k', 'GET k'],
          latin('$-1\r\n*2\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n'),
          4,
        ],
      ],
    },
  ],
  http: [
    {
      name: 'keep-alive, lengths, chunks, HEAD and 100',
      turns: [
        [
          latin('GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n'),
          ['GET /a?b'],
          latin('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'),
          1,
        ],
        [
          latin(`POST /p HTTP/1.1\r\nContent-Length: 3000\r\n\r\n${big}`),
          ['POST /p'],
          latin(
            `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbb8;x=y\r\n${big}\r\n0\r\nT: 1\r\n\r\n`,
          ),
          1,
        ],
        [
          latin(
            'PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHEAD /h HTTP/1.1\r\n\r\n',
          ),
          ['PUT /c', 'HEAD /h'],
          latin('HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n'),
          2,
        ],
      ],
    },
    {
      name: 'bare LF, and empty lines',
      turns: [
        [latin('GET / HTTP/1.0\n\n'), ['GET /'], latin('HTTP/1.0 200 OK\nContent-Length: 3\n\nabc'), 1],
        [
          latin('\r\n\nPOST /p HTTP/1.1\r\nContent-Length: 4\nA: b\r\n\n\n\n\r\n\r\n'),
          ['POST /p'],
          latin('HTTP/1.1 204 No Content\nA: b\n\r\n'),
          1,
        ],
        [
          latin('POST /q HTTP/1.1\nContent-Length: 2\n\n\r\nGET /r HTTP/1.1\n\n'),
          ['POST /q', 'GET /r'],
          latin('HTTP/1.1 204\n\nHTTP/1.1 204\n\n'),
          2,
        ],
      ],
    },
  ],
  memcache: [
    {
      name: 'text',
      turns: [
        [
          latin('set k 0 0 5\r\na\r\nbc\r\nget k j\r\n'),
          ['SET k', 'GET k'],
          latin('STORED\r\nVALUE k 0 5\r\nEND\r\n\r\nVALUE j 0 1\r\nx\r\nEND\r\n'),
          2,
        ],
        [latin('set k 0 0 1 noreply\r\nx\r\nincr n 1\r\n'), ['SET k', 'INCR n'], latin('7\r\n'), 1],
        [latin('stats\r\n'), ['STATS'], latin('STAT a 1\r\nSTAT b 2\r\nEND\r\n'), 1],
        [
          latin('mg a v q\r\nms b 2 q\r\nhi\r\nget noreply\r\nmn\r\nmg k v\r\n'),
          ['MG a', 'MS b', 'GET noreply', 'MN', 'MG k'],
          latin('VA 4\r\nMN\r\n\r\nNS\r\nEND\r\nMN\r\nEN\r\n'),
          3,
        ],
        [
          latin('lru_crawler metadump all\r\n'),
          ['LRU_CRAWLER metadump'],
          latin('key=a exp=-1\r\nEND\r\n'),
          1,
        ],
        [latin('mg k v\r\nms k 2\r\nhi\r\n'), ['MG k', 'MS k'], latin('VA 2\r\nhi\r\nHD\r\n'), 2],
      ],
    },
    {
      name: 'binary',
      turns: [
        [memcachePacket(0x80, 0, 'key', ''), ['GET key'], memcachePacket(0x81, 0, '', 'valu'), 1],
        [
          Buffer.concat([memcachePacket(0x80, 9, 'q', ''), memcachePacket(0x80, 10, '', '')]),
          ['GETQ q', 'NOOP'],
          Buffer.concat([memcachePacket(0x81, 9, '', 'hit'), memcachePacket(0x81, 10, '', '')]),
          1,
        ],
        [
          memcachePacket(0x80, 16, '', ''),
          ['STAT'],
          Buffer.concat([memcachePacket(0x81, 16, 'pid', '1'), memcachePacket(0x81, 16, '', '')]),
          1,
        ],
      ],
    },
  ],
  smtp: [
    {
      name: 'a pipelined mail, an empty one, and a secret',
      turns: [
        [Buffer.alloc(0), [], latin('220 hello\r\n'), 1],
        [latin('EHLO me\r\n'), ['EHLO'], latin('250-me\r\n250 PIPELINING\r\n'), 1],
        [latin('AUTH LOGIN\r\n'), ['AUTH'], latin('334 VXNlcm5hbWU6\r\n'), 1],
        [latin('c2VjcmV0\r\n'), ['AUTH'], latin('235 ok\r\n'), 1],
        [
          latin('MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n'),
          ['MAIL', 'RCPT', 'DATA'],
          latin('250 ok\r\n250 ok\r\n354 go\r\n'),
          3,
        ],
        [latin(`Subject: x\r\n\r\n..\r\n. \r\n${big}\r\n.\r\n`), ['MAIL-TEXT'], latin('250 ok\r\n'), 1],
        [latin('DATA\r\n'), ['DATA'], latin('354 go\r\n'), 1],
        [latin('.\r\n'), ['MAIL-TEXT'], latin('250 ok\r\n'), 1],
        [latin('BDAT 5 LAST\r\nab\r\ncQUIT\r\n'), ['BDAT', 'QUIT'], latin('250 ok\r\n221 bye\r\n'), 2],
      ],
    },
  ],
  mysql: [
    {
      name: 'login, results, several results, prepared statements',
      turns: [
        [Buffer.alloc(0), [], mysqlPacket(0, 10, '8.0.0\0 and so on'), 1],
        [mysqlPacket(1, 0, 0x82, 0, 0, 'rest of the login'), ['LOGIN'], ok(2), 1],
        [
          mysqlPacket(0, 3, 'select 1'),
          ['SELECT'],
          Buffer.concat([
            mysqlPacket(1, 1),
            mysqlPacket(2, 3, 'def column'),
            eof(3),
            mysqlPacket(4, 1, '1'),
            mysqlPacket(5, 1, '2'),
            eof(6),
          ]),
          1,
        ],
        [mysqlPacket(0, 3, '/* a */ INSERT x'), ['INSERT'], ok(1), 1],
        [
          mysqlPacket(0, 3, 'CALL x'),
          ['CALL'],
          Buffer.concat([mysqlPacket(1, 1), mysqlPacket(2, 3, 'def'), eof(3), eof(4, 10), ok(5)]),
          1,
        ],
        [
          mysqlPacket(0, 0x16, 'select ?'),
          ['SELECT'],
          Buffer.concat([
            mysqlPacket(1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0),
            mysqlPacket(2, 'p'),
            eof(3),
            mysqlPacket(4, 'c'),
            eof(5),
          ]),
          1,
        ],
        [
          Buffer.concat([mysqlPacket(0, 0x19, 1, 0, 0, 0), mysqlPacket(0, 0x0e)]),
          ['CLOSE', 'PING'],
          ok(1),
          1,
        ],
        [mysqlPacket(0, 3, 'bad'), ['BAD'], mysqlPacket(1, 0xff, 0x28, 4, '#42000no'), 1],
      ],
    },
  ],
  postgres: [
    {
      name: 'TLS refused, login, simple and extended queries, COPY',
      turns: [
        [postgresMessage('', '\x04\xd2\x16\x2f'), ['SSL'], latin('N'), 1],
        [
          postgresMessage('', '\0\x03\0\0user\0me\0\0'),
          ['LOGIN'],
          Buffer.concat([postgresMessage('R', '\0\0\0\0'), postgresMessage('Z', 'I')]),
          1,
        ],
        [
          postgresMessage('Q', 'select 1\0'),
          ['SELECT'],
          Buffer.concat([
            postgresMessage('D', big),
            postgresMessage('C', 'SELECT 1\0'),
            postgresMessage('Z', 'I'),
          ]),
          1,
        ],
        [
          Buffer.concat([
            postgresMessage('P', 's\0insert into\0\0\0'),
            postgresMessage('B', big),
            postgresMessage('E', '\0\0\0\0\0'),
            postgresMessage('S', ''),
          ]),
          ['INSERT'],
          Buffer.concat([postgresMessage('1', ''), postgresMessage('2', ''), postgresMessage('Z', 'T')]),
          1,
        ],
        [
          Buffer.concat([
            postgresMessage('Q', 'copy x\0'),
            postgresMessage('d', big),
            postgresMessage('c', ''),
          ]),
          ['COPY'],
          Buffer.concat([
            postgresMessage('G', '\0\0\0'),
            postgresMessage('C', 'COPY 1\0'),
            postgresMessage('Z', 'I'),
          ]),
          1,
        ],
        [postgresMessage('X', ''), ['X'], Buffer.alloc(0), 0],
      ],
    },
  ],
};

function* chunks(bytes: Buffer, cuts: readonly number[]): Generator<Buffer> {
  let from = 0;
  for (let i = 0; from < bytes.length; i++) {
    const to = from + Math.max(1, cuts.length === 0 ? bytes.length : cuts[i % cuts.length]!);
    yield bytes.subarray(from, to);
    from = to;
  }
}

/** What a dialogue finds, told as the proxy would. */
function follow(dialogue: Dialogue, turns: readonly Turn[], cuts: readonly number[]): unknown[] {
  const found: unknown[] = [];
  const open: Exchange[] = Array.from({ length: dialogue.greetings }, () => new Exchange(0));
  let current = new Exchange(0);
  for (const [request, , response] of turns) {
    const heads: string[] = [];
    let headed = false;
    for (const chunk of chunks(request, cuts)) {
      for (let at = 0, state = ''; at < chunk.length || state === 'head'; ) {
        at = dialogue.request(chunk, at);
        state = dialogue.found;
        assert.ok(state !== 'garbage' && state !== 'opaque', dialogue.why);
        if (state === 'head') headed = true;
        if (state === 'head' && !dialogue.continues) {
          current = new Exchange(current.number + 1);
          dialogue.describe(current);
          heads.push(current.command + (current.path === null ? '' : ` ${current.path}`));
        }
        if (state !== 'end') continue;
        if (headed && dialogue.expectsAnswer) open.push(current);
        headed = false;
      }
    }
    let answers = 0;
    for (const chunk of chunks(response, cuts)) {
      for (let at = 0; at < chunk.length; ) {
        at = dialogue.response(chunk, at, open[0]);
        assert.ok(dialogue.found !== 'garbage', dialogue.why);
        if (dialogue.found === 'end') {
          answers++;
          open.shift();
        }
      }
    }
    found.push([heads, answers]);
  }
  assert.equal(open.length, 0, 'every request has its answer');
  return found;
}

for (const [protocol, talks] of Object.entries(conversations)) {
  describe(protocol, () => {
    for (const { name, turns } of talks) {
      const expected = turns.map(([, heads, , answers]) => [heads, answers]);
      const open = () => findProtocol(protocol).open!();
      test(`${name}: in one chunk`, () => assert.deepEqual(follow(open(), turns, []), expected));
      test(`${name}: byte by byte`, () => assert.deepEqual(follow(open(), turns, [1]), expected));
      test(`${name}: cut anywhere`, () => {
        fc.assert(
          fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }), (cuts) => {
            assert.deepEqual(follow(open(), turns, cuts), expected);
          }),
          { numRuns: 100 },
        );
      });
    }
  });
}

test('no bytes at all make a protocol throw or stand still', () => {
  for (const { open } of protocols) {
    if (!open) continue;
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 8 }),
        fc.boolean(),
        (chunks, isAnswer) => {
          const dialogue = open();
          for (const bytes of chunks) {
            const chunk = Buffer.from(bytes);
            for (let at = 0, state = ''; at < chunk.length || state === 'head'; ) {
              const before = at;
              at = isAnswer ? dialogue.response(chunk, at, undefined) : dialogue.request(chunk, at);
              const last = state;
              state = dialogue.found;
              if (state === 'garbage' || state === 'opaque') return;
              assert.ok(
                at > before || state !== last || state === 'end',
                `it stands still at ${at} with ${state}`,
              );
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  }
});

describe('what is hardly a message', () => {
  const login = postgresMessage('', '\0\x03\0\0user\0me\0\0');
  const cases: [what: string, protocol: string, bytes: Buffer, heads: string[], isGarbage: boolean][] = [
    ['postgres: shorter than its own length', 'postgres', latin('P\0\0\0\0\0\0\0\x08aa'), ['LOGIN'], true],
    ['http: a method without end', 'http', latin(`${'x'.repeat(41)} / HTTP/1.1\r\n\r\n`), [], true],
    ['http: a line that is none', 'http', latin('HEA\n'), [], true],
    ['redis: a long inline command', 'redis', latin(`${'x'.repeat(600)}\r\n`), ['X'.repeat(512)], false],
  ];
  for (const [what, protocol, bytes, heads, isGarbage] of cases) {
    for (const size of [Number.POSITIVE_INFINITY, 1, 300]) {
      test(`${what}: ${size} bytes at a time`, () => {
        const dialogue = findProtocol(protocol).open!();
        const found: string[] = [];
        const all = protocol === 'postgres' ? Buffer.concat([login, bytes]) : bytes;
        for (const chunk of chunks(all, [size])) {
          for (let at = 0, state = ''; at < chunk.length || state === 'head'; ) {
            at = dialogue.request(chunk, at);
            assert.ok(at >= 0 && at <= chunk.length);
            state = dialogue.found;
            if (state === 'garbage') break;
            if (state !== 'head') continue;
            const exchange = new Exchange(1);
            dialogue.describe(exchange);
            found.push(exchange.command);
          }
          if (dialogue.found === 'garbage') break;
        }
        assert.deepEqual([found, dialogue.found === 'garbage'], [heads, isGarbage]);
      });
    }
  }
});
