import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answerHead, backHead, straightHead, withTrace } from './straight-head.ts';

const to = { host: 'shop.test:81', marks: [['x-marteau-run', 'r1']] as const };
const read = (head: string) => straightHead(head.replaceAll('\n', '\r\n'), to);

test('a head goes on to its server, with marks and a trace where its client has none', () => {
  const head = read('GET /a?b HTTP/1.1\nhost: 127.0.0.1:9\nAccept: */*\n\n');
  assert.ok(typeof head === 'object');
  assert.deepEqual([head.method, head.target, head.body], ['GET', '/a?b', [0, false]]);
  assert.match(
    withTrace(head),
    /^GET \/a\?b HTTP\/1\.1\r\nx-marteau-run: r1\r\ntraceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01\r\nHost: shop\.test:81\r\nAccept: \*\/\*\r\n\r\n$/,
  );
  assert.notEqual(withTrace(head), withTrace(head));
  const own = read(
    'POST http://x/ HTTP/1.1\nX-Marteau-Run: mine\ntraceparent: t\nUpgrade: h2c\nContent-Length: 5\n\n',
  );
  assert.ok(typeof own === 'object');
  assert.equal(
    withTrace(own),
    'POST / HTTP/1.1\r\nHost: shop.test:81\r\nX-Marteau-Run: mine\r\ntraceparent: t\r\nContent-Length: 5\r\n\r\n',
  );
  assert.deepEqual(own.body, [5, false]);
});

test('lines that end in a bare LF go on as lines', () => {
  const head = straightHead('POST / HTTP/1.1\nA: b\nContent-Length: 5\r\nHost: x\n\n', to);
  assert.ok(typeof head === 'object');
  assert.equal(head.after, '\r\nA: b\r\nContent-Length: 5\r\nHost: shop.test:81\r\n\r\n'.slice(1));
  assert.deepEqual(head.body, [5, false]);
});

describe('what two readers might read in two ways is refused', () => {
  for (const head of [
    'GET / HTTP/1.1\nContent-Length: 5\nContent-Length: 6\n\n',
    'GET / HTTP/1.1\nContent-Length: 5\nTransfer-Encoding: chunked\n\n',
    'GET / HTTP/1.1\nTransfer-Encoding: gzip, chunked\n\n',
    'GET / HTTP/1.1\nTransfer-Encoding: xchunked\n\n',
    'GET / HTTP/1.1\nA: b\n c\n\n',
    'GET / HTTP/1.1\nContent-Length : 5\n\n',
    'GET / HTTP/1.1\nno header\n\n',
    'GET / HTTP/1.1\nHost: a\nHost: b\n\n',
    'GET /a b HTTP/1.1\n\n',
    'GET / HTTP/2\n\n',
    'GET x HTTP/1.1\n\n',
    'PRI * HTTP/2.0\n\n',
    'GET /a\tHTTP/1.0 HTTP/1.1\n\n',
    'POST / HTTP/1.0\nConnection: keep-alive\nTransfer-Encoding: chunked\n\n',
    ...['5, 6', '+50', '0x32', '', '5;', '9'.repeat(16)].map(
      (length) => `POST / HTTP/1.1\nContent-Length: ${length}\n\n`,
    ),
    'POST / HTTP/1.1\nTransfer-Encoding: chunked\nTransfer-Encoding: identity\n\n',
    'POST / HTTP/1.1\nTransfer-Encoding: chunked\xa0\n\n',
    'POST / HTTP/1.1\n\x0bTransfer-Encoding: chunked\n\n',
    'GET / HTTP/1.1\nA: b\rContent-Length: 50\n\n',
    'GET / HTTP/1.1\nUpgrade: websocket\r \n\n',
    'GET / HTTP/1.1\nA: b\0c\n\n',
    'GET / HTTP/1.1\n: c\n\n',
  ])
    test(JSON.stringify(head), () => assert.equal(typeof read(head), 'string'));
});

test('a redirect to the server leads back to the proxy, and one elsewhere stays', () => {
  const found = answerHead(
    'HTTP/1.1 302 Found\r\nLocation: http://Shop.test:81/b\r\nContent-Length: 0\r\n\r\n',
    'shop.test:81',
  );
  assert.deepEqual([found.status, found.isBack, found.body], [302, true, [0, false]]);
  assert.match(
    backHead(found.text, 'shop.test:81', '127.0.0.1:9'),
    /\r\nLocation: http:\/\/127\.0\.0\.1:9\/b\r\n/,
  );
  assert.equal(answerHead('HTTP/1.1 302 F\r\nLocation: http://other/\r\n\r\n', 'shop.test:81').isBack, false);
  assert.deepEqual(answerHead('HTTP/1.1 200 OK\r\n\r\n', 'x').body, [Number.POSITIVE_INFINITY, false]);
});
