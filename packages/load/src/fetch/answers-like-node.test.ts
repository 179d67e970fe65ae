import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { openFetch } from '../fixtures/open-fetch.ts';
import { startRawServer } from '../fixtures/raw-server.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const LENGTH = 'content-length: 4\r\n';
const head = (...lines: string[]) => `${OK}${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
const withBody = (...lines: string[]) => `${head(...lines, 'content-length: 4')}good`;
const chunked = (text: string, coding = 'chunked') => `${head(`transfer-encoding: ${coding}`)}${text}`;

/** What a server of TCP sends; then it closes its side. Node's own fetch decides what has to come of it. */
const answers: Record<string, string> = {
  'a plain answer': withBody(),
  'no reason': `HTTP/1.1 200\r\n${LENGTH}\r\ngood`,
  'an empty reason': `HTTP/1.1 200 \r\n${LENGTH}\r\ngood`,
  'a reason in latin1': `HTTP/1.1 200 Gr\xfc\xdfe\r\n${LENGTH}\r\ngood`,
  'HTTP/1.0': `HTTP/1.0 200 OK\r\n${LENGTH}\r\ngood`,
  'HTTP/1.0 without a length': 'HTTP/1.0 200 OK\r\n\r\ngood',
  'HTTP/2.0': `HTTP/2.0 200 OK\r\n${LENGTH}\r\ngood`,
  'HTTP/1.2': `HTTP/1.2 200 OK\r\n${LENGTH}\r\ngood`,
  'HTTP/3.0': `HTTP/3.0 200 OK\r\n${LENGTH}\r\ngood`,
  'a status of two digits': `HTTP/1.1 20 OK\r\n${LENGTH}\r\ngood`,
  'a status of four digits': `HTTP/1.1 2000 OK\r\n${LENGTH}\r\ngood`,
  'status 999': `HTTP/1.1 999 Denied\r\n${LENGTH}\r\ngood`,
  'status 600': `HTTP/1.1 600 Odd\r\n${LENGTH}\r\ngood`,
  'status 204 with a length': `HTTP/1.1 204 No Content\r\n${LENGTH}\r\n`,
  'status 205 with a body': `HTTP/1.1 205 Reset Content\r\n${LENGTH}\r\ngood`,
  'status 304 with a length': `HTTP/1.1 304 Not Modified\r\n${LENGTH}\r\n`,
  'an empty line before': `\r\n${withBody()}`,
  'two empty lines before': `\r\n\r\n${withBody()}`,
  '103 before': `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${withBody()}`,
  '100 before': `HTTP/1.1 100 Continue\r\n\r\n${withBody()}`,
  'more than the length': `${withBody()} and more`,
  'two answers': withBody() + withBody(),
  'an empty line after': `${withBody()}\r\n`,
  'less than the length': `${head('content-length: 10')}good`,
  'a length of 0': head('content-length: 0'),
  'a length with zeros': `${head('content-length: 0000000000000000000004')}good`,
  'a length with blanks': `${OK}content-length:   4  \r\n\r\ngood`,
  'a length with a sign': `${head('content-length: +4')}good`,
  'a length in hex': `${head('content-length: 0x4')}good`,
  'an empty length': `${head('content-length:')}good`,
  'the same length twice': `${head('content-length: 4', 'content-length: 4')}good`,
  'a list of one length': `${head('content-length: 4, 4')}good`,
  'two lengths': `${head('content-length: 4', 'content-length: 5')}good`,
  'length and chunks': `${head('content-length: 4', 'transfer-encoding: chunked')}0\r\n\r\n`,
  'no length': `${head()}good`,
  chunks: chunked('2\r\ngo\r\n2\r\nod\r\n0\r\n\r\n'),
  'chunks with extensions': chunked('4;a=b\r\ngood\r\n0\r\n\r\n'),
  'chunks with a quoted extension': chunked('4;a="b;c"\r\ngood\r\n0\r\n\r\n'),
  'chunks with leading zeros': chunked('0004\r\ngood\r\n000\r\n\r\n'),
  'chunks in capitals': chunked('A\r\n0123456789\r\n0\r\n\r\n'),
  'chunks with trailers': chunked('4\r\ngood\r\n0\r\nx-t: 1\r\n\r\n'),
  'the same trailer twice': chunked('4\r\ngood\r\n0\r\nx-t: 1\r\nx-t: 2\r\n\r\n'),
  'a chunk that is longer than it says': chunked('2\r\ngood\r\n0\r\n\r\n'),
  'a chunk without a size': chunked('x\r\ngood\r\n0\r\n\r\n'),
  'chunks that end early': chunked('4\r\ngo'),
  'chunks without an end': chunked('4\r\ngood\r\n'),
  'chunks, and more': chunked('4\r\ngood\r\n0\r\n\r\nmore'),
  'a transfer coding in capitals': chunked('4\r\ngood\r\n0\r\n\r\n', 'Chunked'),
  'transfer coding identity': chunked('good', 'identity'),
  'transfer coding gzip': chunked('good', 'gzip'),
  'gzip, then chunks': chunked('4\r\ngood\r\n0\r\n\r\n', 'gzip, chunked'),
  'chunks, then deflate': chunked('good', 'chunked, deflate'),
  'an unknown transfer coding': chunked('good', 'rot13'),
  'a header without a value': withBody('x-a:'),
  'a header with blanks around': withBody('x-a: \t b \t'),
  'a header with nbsp around': withBody('x-a: \xa0b\xa0'),
  'a header in capitals': withBody('X-A: b'),
  'a header twice': withBody('x-a: b', 'X-A: c'),
  'an empty header twice': withBody('x-a:', 'x-a:'),
  'a header in latin1': withBody('x-a: gr\xfc\xdfe'),
  'a header in UTF-8': withBody(`x-a: ${Buffer.from('grüße').toString('latin1')}`),
  'a header with a tab': withBody('x-a: b\tc'),
  'a header of 8 KB': withBody(`x-a: ${'b'.repeat(8000)}`),
  '100 headers': withBody(...Array.from({ length: 100 }, (_, i) => `x-${i}: ${i}`)),
  'a blank before the colon': withBody('x-a : b'),
  'a header without a name': withBody(': b'),
  'a header without a colon': withBody('nonsense'),
  'a header with NUL': withBody('x-a: b\0c'),
  'a folded header': withBody('x-a: b\r\n c'),
  'a bare line feed': `HTTP/1.1 200 OK\n${LENGTH}\r\ngood`,
  'several cookies': withBody(
    'set-cookie: a=1',
    'set-cookie: b=2',
    'set-cookie: c=3; Expires=Wed, 01 Jan 2031',
  ),
  'two types of content': withBody('content-type: text/html', 'content-type: text/plain'),
  'a type with blanks': withBody('content-type:  text/plain ; charset=UTF-8 '),
  'a type that is none': withBody('content-type: nonsense'),
  'an encoding of nothing': withBody('content-encoding:'),
  'identity as encoding': withBody('content-encoding: identity'),
  'an unknown encoding': withBody('content-encoding: rot13'),
  'keep-alive with a hint': withBody('connection: keep-alive', 'keep-alive: timeout=5, max=100'),
  'a connection that closes': withBody('connection: close'),
  'nothing at all': '',
  'half a head': 'HTTP/1.1 200 OK\r\nx-a: b',
  'something else': '-ERR unknown command\r\n',
  'HTTP/0.9': '<html>good</html>',
};

/** Places to which a server redirects; it answers those with the path that it was asked for. */
const places: Record<string, string> = {
  'UTF-8': Buffer.from('/echo/café').toString('latin1'),
  hangul: Buffer.from('/echo/한글?q=한').toString('latin1'),
  latin1: '/echo/caf\xe9',
  encoded: '/echo/caf%C3%A9',
  'with an empty query': '/echo?',
  'with blanks': '/echo/a b',
  relative: 'echo/x',
  'without a scheme': '//127.0.0.1:PORT/echo/y',
  'with a fragment': '/echo/z#there',
  'with dots': '/a/../echo/./w',
  'with a backslash': '\\echo\\v',
  empty: '',
};

/** Differences that stay, each with its reason: docs/guide/writing-a-test.md. */
const known = new Set(
  [
    ...readFileSync(new URL('../../../../docs/guide/writing-a-test.md', import.meta.url), 'utf8').matchAll(
      /^\| answer: ([^|]+?) \|/gm,
    ),
  ].map(([, name]) => name!),
);

async function seenBy(fetch: typeof globalThis.fetch, url: string): Promise<unknown> {
  try {
    const response = await fetch(url);
    const { status, statusText, ok, redirected, type } = response;
    const clone = await response.clone().text();
    const { type: blobType } = await response.clone().blob();
    const facts = { status, statusText, ok, redirected, type, path: new URL(response.url).pathname };
    const hasBody = response.body !== null;
    return {
      ...facts,
      hasBody,
      headers: [...response.headers],
      blobType,
      clone,
      text: await response.text(),
    };
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
}

describe('an answer is to a script what it is under Node:', () => {
  const rows: [string, (socket: Socket, path: string) => unknown][] = [
    ...Object.entries(answers).map(([name, sent]): [string, (socket: Socket) => unknown] => [
      name,
      (socket) => socket.end(sent, 'latin1'),
    ]),
    ...Object.entries(places).map(([name, place]): [string, (socket: Socket, path: string) => unknown] => [
      `a redirect, ${name}`,
      (socket, path) => {
        const to = place.replace('PORT', String(socket.localPort));
        const body = Buffer.from(path).toString('latin1');
        if (path === '/')
          socket.end(`HTTP/1.1 302 F\r\nlocation: ${to}\r\ncontent-length: 0\r\n\r\n`, 'latin1');
        else socket.end(`${head(`content-length: ${body.length}`)}${body}`, 'latin1');
      },
    ]),
  ];
  for (const [name, answer] of rows)
    it(name, async () => {
      await using server = await startRawServer((socket, path) =>
        path === '/' || name.startsWith('a redirect') ? answer(socket, path) : socket.end(),
      );
      using user = openFetch({ target: server.url, requestTimeoutMs: 5000 });
      const ours = await seenBy(user.fetch, `${server.url}/`);
      await user.agent.settle();
      const nodes = await seenBy(globalThis.fetch, `${server.url}/`);
      if (known.has(name))
        assert.notDeepEqual(ours, nodes, 'it is in the table, and does not differ any more');
      else assert.deepEqual(ours, nodes);
    });

  it('the table names what is tried here', () => {
    const names = new Set(rows.map(([name]) => name));
    assert.deepEqual(
      [...known].filter((name) => !names.has(name)),
      [],
    );
  });
});
