import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createTempFolder, type TempFolder } from '@marteau/testkit';
import { sendRaw } from '../fixtures/raw.ts';
import type { StandInEvent, StandInOptions } from './options.ts';
import { startStandIn } from './stand-in.ts';

let folder: TempFolder;
before(async () => {
  folder = await createTempFolder();
});
after(() => folder[Symbol.asyncDispose]());

async function standIn(tape: string, options: Partial<StandInOptions> = {}) {
  const file = join(folder.path, `${Math.random()}.rec`);
  await writeFile(file, tape);
  const events: StandInEvent[] = [];
  const standIn = await startStandIn({
    mode: 'replay',
    file,
    server: 'http://api.test',
    latency: 0,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return Object.assign(standIn, { events });
}

const pair = (request: string, answer: string) => `${request}\n\n${answer}\n\n`;

describe('replay', () => {
  test('answers as recorded: status, reason, repeated headers in their order and spelling, body', async () => {
    await using server = await standIn(
      pair(
        'GET /a HTTP/1.1\n',
        '203 Sort Of\nX-b: 1\nSet-Cookie: a=1\nSet-Cookie: b=2\nContent-Length: 5\n\nhello',
      ),
    );
    const raw = await sendRaw(server.port, 'GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.match(
      raw,
      /^HTTP\/1\.1 203 Sort Of\r\nX-b: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 5\r\n/,
    );
    assert.match(raw, /\r\n\r\nhello$/);
    assert.doesNotMatch(raw, /Date:/);
  });

  test('what a browser found unchanged goes whole to a client that has no copy', async () => {
    const kept = '304 Not Modified\nETag: "1"\nContent-Type: text/plain\nContent-Encoding: gzip\n\nhello';
    await using server = await standIn(pair('GET /a HTTP/1.1\n', kept));
    const anew = await fetch(`${server.url}/a`);
    assert.deepEqual([anew.status, anew.headers.get('etag'), await anew.text()], [200, '"1"', 'hello']);
    const ask = (header: string) =>
      sendRaw(server.port, `GET /a HTTP/1.1\r\nHost: x\r\n${header}Connection: close\r\n\r\n`);
    assert.match(await ask(''), /^HTTP\/1\.1 200 OK\r\n.*Content-Length: 5\r\n.*hello$/s);
    for (const header of ['If-None-Match: "1"\r\n', 'If-Modified-Since: Mon, 02 Feb 2026 10:00:00 GMT\r\n'])
      assert.match(await ask(header), /^HTTP\/1\.1 304 Not Modified\r\n(?!.*hello)/s);
  });

  test('an answer that was cut is said at the start', async () => {
    await using server = await standIn(
      pair('GET /a HTTP/1.1\n', '200 OK\n# body: cut from 100000 bytes\n\nhel'),
    );
    assert.match(
      server.notes[0] ?? '',
      /only the beginning of these answers, and plays that: \/a \(line 1\)\. Record/,
    );
  });

  test('chunked stays chunked, but not for a client of HTTP/1.0', async () => {
    await using server = await standIn(
      pair('GET /a HTTP/1.1\n', '200 OK\nTransfer-Encoding: chunked\n\nhello'),
    );
    const modern = await sendRaw(server.port, 'GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    assert.match(modern, /Transfer-Encoding: chunked.*\r\n\r\n5\r\nhello\r\n0\r\n\r\n$/s);
    const old = await sendRaw(server.port, 'GET /a HTTP/1.0\r\n\r\n');
    assert.match(old, /\r\n\r\nhello$/);
    assert.doesNotMatch(old, /chunked/);
  });

  test('what is readable on the tape goes out in its coding, to who takes it', async () => {
    await using server = await standIn(pair('GET /a HTTP/1.1\n', '200 OK\nContent-Encoding: gzip\n\nhello'));
    const zipped = await fetch(`${server.url}/a`);
    assert.equal(zipped.headers.get('content-encoding'), 'gzip');
    assert.equal(await zipped.text(), 'hello');
    const plain = await fetch(`${server.url}/a`, { headers: { 'Accept-Encoding': 'identity' } });
    assert.equal(plain.headers.get('content-encoding'), null);
    assert.equal(await plain.text(), 'hello');
  });

  test('a request with a body, in one piece, in chunks, and after 100-continue', async () => {
    await using server = await standIn(pair('POST /a HTTP/1.1\n\nn=1&token=XXX', '201 Created\n'));
    const post = (head: string, body: string) =>
      sendRaw(server.port, `POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${head}\r\n\r\n${body}`);
    assert.match(await post('Content-Length: 11', 'n=1&token=a'), / 201 Created/);
    assert.match(
      await post('Transfer-Encoding: chunked', '4\r\nn=1&\r\n7\r\ntoken=b\r\n0\r\nX-Trailer: 1\r\n\r\n'),
      / 201 /,
    );
    assert.match(
      await post('Content-Length: 11\r\nExpect: 100-continue', 'n=1&token=c'),
      /^HTTP\/1\.1 100 .* 201 /s,
    );
    assert.match(await post('Content-Length: 3', 'n=2'), / 501 /);
  });

  test('recorded latency, none, and a multiple of it', async () => {
    const tape = `# 120 ms\n${pair('GET /a HTTP/1.1\n', '200 OK\n')}`;
    for (const [latency, least] of [
      [1, 115],
      [0.5, 55],
      [0, 0],
    ] as const) {
      await using server = await standIn(tape, { latency });
      const start = performance.now();
      await (await fetch(`${server.url}/a`)).text();
      assert.ok(performance.now() - start >= least);
    }
  });

  test('placeholders are filled anew each time', async () => {
    await using server = await standIn(
      pair('GET /a HTTP/1.1\n', '200 OK\nX-Id: {{uuid}}\n\n{{uuid}} {{now}} {{other}}'),
    );
    const first = await (await fetch(`${server.url}/a`)).text();
    const second = await (await fetch(`${server.url}/a`)).text();
    assert.match(first, /^[0-9a-f-]{36} \d{4}-\d\d-\d\dT[\d:.]+Z \{\{other\}\}$/);
    assert.notEqual(first.slice(0, 36), second.slice(0, 36));
  });

  test('HEAD, 204 and 304 keep their headers and have no body', async () => {
    await using server = await standIn(
      pair('HEAD /a HTTP/1.1\n', '200 OK\nContent-Length: 4711\n') +
        pair('GET /b HTTP/1.1\n', '204 No Content\n') +
        pair('GET /c HTTP/1.1\n', '304 Not Modified\nETag: "1"\n'),
    );
    const head = await fetch(`${server.url}/a`, { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), '4711');
    assert.equal((await fetch(`${server.url}/b`)).status, 204);
    assert.equal((await fetch(`${server.url}/c`)).headers.get('etag'), '"1"');
  });

  test('a request that is not on the tape: the nearest recording, without secrets', async () => {
    await using server = await standIn(pair('POST /login HTTP/1.1\n\nuser=a&password=XXX', '200 OK\n'));
    const answer = await fetch(`${server.url}/login`, {
      method: 'POST',
      body: 'user=b&password=hunter22secret',
    });
    assert.equal(answer.status, 501);
    const sentence = await answer.text();
    assert.match(
      sentence,
      /^POST \/login is not on the tape\. The nearest recording is POST \/login \(line 1\): from byte 6/,
    );
    assert.match(sentence, /'user=b&password=XXX'/);
    assert.doesNotMatch(sentence, /hunter22secret/);
    assert.deepEqual(
      server.events.map(({ kind }) => kind),
      ['unmatched'],
    );
    assert.deepEqual([server.counts.calls, server.counts.replayed, server.counts.unmatched], [1, 0, 1]);
  });

  test('an upgrade is answered like any request', async () => {
    await using server = await standIn(pair('GET /a HTTP/1.1\n', '200 OK\n\nplain'));
    const upgrade = 'GET /a HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n';
    assert.match(await sendRaw(server.port, upgrade), /^HTTP\/1\.1 200 OK.*plain$/s);
  });
});

describe('what is no clear request is refused', () => {
  const head = 'POST /a HTTP/1.1\r\nHost: x\r\n';
  const shapes: [string, string][] = [
    ['a length and chunks', `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ['a list of lengths', `${head}Content-Length: 5, 5\r\n\r\nhello`],
    ['a length with a sign', `${head}Content-Length: +5\r\n\r\nhello`],
    ['chunks that are not last', `${head}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
    ['a coding nobody knows', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['a blank before the colon', `${head}Content-Length : 5\r\n\r\nhello`],
    ['a line that goes on', `${head}X: a\r\n b\r\n\r\n`],
    ['a bare carriage return', `${head}X: a\rTransfer-Encoding: chunked\r\n\r\n`],
    ['a NUL', `${head}X: a\0b\r\n\r\n`],
    ['a chunk size with a tail', `${head}Transfer-Encoding: chunked\r\n\r\n5 x\r\nhello\r\n0\r\n\r\n`],
    ['two hosts', `${head}Host: y\r\n\r\n`],
    ['no host', 'GET /a HTTP/1.1\r\n\r\n'],
    ['an address with a user', 'GET http://a@b/ HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an address of something else', 'GET ftp://b/ HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no HTTP', 'hello\r\n\r\n'],
    ['a tunnel to nowhere', 'CONNECT /a HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a tunnel to a port that is none', 'CONNECT a:99999 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a server whose port is none', 'GET http://a:99999/ HTTP/1.1\r\nHost: x\r\n\r\n'],
  ];
  for (const [what, bytes] of shapes) {
    test(what, async () => {
      await using server = await standIn(
        pair('POST /a HTTP/1.1\n', '200 OK\n') + pair('GET /a HTTP/1.1\n', '200 OK\n'),
      );
      assert.match(await sendRaw(server.port, bytes), /^HTTP\/1\.1 400 Bad Request/);
      assert.equal(server.counts.replayed, 0);
    });
  }

  test('an absolute address is fine, and its host counts', async () => {
    await using server = await standIn(pair('GET http://a.test/x HTTP/1.1\n', '200 OK\n'), { server: null });
    const get = (url: string) =>
      sendRaw(server.port, `GET ${url} HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n`);
    assert.match(await get('http://A.test:80/x'), /^HTTP\/1\.1 200/);
    assert.match(
      await get('http://b.test/x'),
      /^HTTP\/1\.1 501.*its server is http:\/\/a\.test and not http:\/\/b\.test/s,
    );
  });
});

describe('a stand-in that cannot start says why', () => {
  const cases: [string, Partial<StandInOptions>, RegExp][] = [
    ['no tape', { file: '/nowhere/a.rec' }, /There is no tape \/nowhere\/a\.rec\. Record one/],
    ['a folder', { file: '/tmp' }, /cannot be read/],
    ['no server', { server: 'api.test' }, /not the address of a server/],
    ['a page', { server: 'http://api.test/v1' }, /write http:\/\/api\.test\./],
    ['no address', { listen: 'here' }, /no address to listen on/],
    ['an address that is not here', { listen: '192.0.2.1:0' }, /this machine has no such address/],
    ['no file', { file: null }, /needs a tape/],
  ];
  for (const [what, options, sentence] of cases) {
    test(what, () => assert.rejects(standIn(pair('GET /a HTTP/1.1\n', '200 OK\n'), options), sentence));
  }
});
