import assert from 'node:assert/strict';
import { CookieJar } from '../../../packages/load/src/fetch/cookie-jar.ts';
import { ParseError } from '../../../packages/load/src/fetch/parse-error.ts';
import { ResponseParser } from '../../../packages/load/src/fetch/response-parser.ts';
import { byteByByte, inParts } from '../cut.ts';
import type { Target } from '../target.ts';

const scope = { hostname: 'shop.example.com', pathname: '/a/b', secure: true };

/**
 * Answers of HTTP/1.1, one behind the other, as the load's client reads them. What is none is a ParseError; however the
 * bytes are cut, the same answers are found. Cookies are taken without a throw, and their header is one line.
 */
export const target: Target = {
  name: 'http-answer',
  run(bytes) {
    const whole = read([bytes]);
    assert.deepEqual(read(inParts(bytes)), whole);
    assert.deepEqual(read(byteByByte(bytes)), whole);
  },
  seeds: () =>
    [
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5, max=9\r\n\r\nabc',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ntransfer-encoding: gzip, Chunked\r\n\r\n3;a="b"\r\nabc\r\n0\r\nT: 1\r\n\r\n',
      'HTTP/1.0 404 Not Found\r\nConnection: close\r\n\r\nuntil the end',
      'HTTP/1.1 204 No\r\n\r\nHTTP/1.1 304 X\r\nContent-Length: 7\r\n\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Domain=.example.com; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=9; Secure\r\nSet-Cookie: __Host-x=y\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx',
      'HTTP/1.1 101 Switching\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n',
    ].map((text) => Buffer.from(text)),
  dictionary: [
    '\r\n',
    '\r\n\r\n',
    'HTTP/1.1 200 OK\r\n',
    'Content-Length: ',
    'Transfer-Encoding: chunked',
    'Set-Cookie: ',
    '0\r\n\r\n',
  ],
};

function read(parts: readonly Buffer[]): unknown[] {
  const found: unknown[] = [];
  const jar = new CookieJar();
  let body = '';
  const parser = new ResponseParser({
    head({ status, statusText, lines, cookies, keepAliveMs, encoding }) {
      found.push([status, statusText, lines, keepAliveMs, encoding]);
      for (const cookie of cookies) jar.set(cookie, scope, 0);
    },
    body(bytes, from, to) {
      body += bytes.toString('latin1', from, to);
    },
    whole(text) {
      body = text;
    },
    end() {
      found.push(body);
      body = '';
      parser.expect('GET');
    },
  });
  parser.expect('GET');
  try {
    for (const part of parts) parser.read(part, part.length);
    if (!parser.close()) found.push(['cut off', body]);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    // What was told of a body before is told in more parts or fewer.
    found.push(error.code);
  }
  const cookies = jar.header(scope, 0);
  assert.doesNotMatch(cookies, /[\r\n\0]/);
  return [...found, cookies];
}
