import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { claimPort, freePort } from './free-port.ts';
import { hostAndPort, isLoopback, parseHostAndPort } from './host-port.ts';
import { HttpBody } from './http/http-body.ts';

describe('host and port', () => {
  const rows: [string, ReturnType<typeof parseHostAndPort>][] = [
    ['127.0.0.1:6379', { host: '127.0.0.1', port: 6379 }],
    [' [::1]:80 ', { host: '::1', port: 80 }],
    ['[fe80::1%eth0]:80', { host: 'fe80::1%eth0', port: 80 }],
    ['db.example.com:0', { host: 'db.example.com', port: 0 }],
    [':8080', { host: '', port: 8080 }],
    ['8080', { host: null, port: 8080 }],
    ['::1:80', null],
    ['host', null],
    ['host:65536', null],
    ['http://host:80', null],
    ['a b:80', null],
    ['', null],
  ];
  for (const [written, read] of rows)
    test(JSON.stringify(written), () => assert.deepEqual(parseHostAndPort(written), read));

  test('is written as it is read', () => {
    for (const [host, port] of [
      ['10.0.0.7', 80],
      ['fd00::7', 443],
    ] as const)
      assert.deepEqual(parseHostAndPort(hostAndPort(host, port)), { host, port });
  });
});

test('loopback by name and by address, in whatever form', () => {
  const own = [
    'localhost',
    'LOCALHOST',
    'shop.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
  ];
  for (const host of own) assert.ok(isLoopback(host), host);
  const others = [
    '127.0.0.1.nip.io',
    'localhost.example.com',
    '128.0.0.1',
    '0.0.0.0',
    '::',
    '10.0.0.7',
    '',
    '127.1',
  ];
  for (const host of others) assert.ok(!isLoopback(host), host);
});

test('a port that is free, the wanted one where it is', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  assert.equal(await claimPort(port), undefined);
  assert.notEqual(await freePort(port), port);
  server.close();
  await once(server, 'close');
  assert.equal(await freePort(port), port);
});

describe('a body in chunks, of which strict readers refuse what can be read in two ways', () => {
  const plain = '3\r\nabc\r\n0\r\n\r\n';
  const rows: [body: string, isSound: boolean][] = [
    [plain, true],
    ['3;a="b c"\r\nabc\r\n0\r\nA: b\r\n\r\n', true],
    ['3 / HTTP/1.1\r\nabc\r\n0\r\n\r\n', false],
    ['3;a\nabc\r\n0\r\n\r\n', false],
    ['3;a\rb\r\nabc\r\n0\r\n\r\n', false],
    ['3\nabc\n0\n\n', false],
    ['3\r\nabcde\r\n0\r\n\r\n', false],
    ['3\r\nabc\r\n0\r\nA: b\r\r\n\r\n', false],
  ];
  for (const [body, isSound] of rows)
    test(JSON.stringify(body), () => {
      for (const isStrict of [true, false])
        for (const step of [body.length, 1]) {
          const reader = new HttpBody(0, true, isStrict);
          for (let at = 0; at < body.length; at += step)
            reader.skip(Buffer.from(body.slice(at, at + step)), 0);
          const isTaken = isSound || !isStrict;
          assert.deepEqual([reader.isComplete, reader.isGarbage], [isTaken, !isTaken], `${isStrict} ${step}`);
        }
    });
});
