// A request that is to be answered in the backend's place never waits for ever, whatever the proxy thinks of the wire.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { openClient } from '../fixtures/client.ts';
import { mysqlPacket } from '../fixtures/mysql-packet.ts';
import { startTestProxy } from '../fixtures/proxies.ts';
import { type Scripted, startScripted } from '../fixtures/scripted.ts';
import { readStandstill } from './standstill.ts';

const AGES = 600_000;
const get = (key: string) => `*2\r\n$3\r\nGET\r\n$${key.length}\r\n${key}\r\n`;

async function through(
  protocol: string,
  backend: Scripted,
  { standstill, match }: { standstill: number; match?: { command?: string; path?: string } },
) {
  const behaviors = [{ behavior: 'error', match, options: { message: 'ERR x' } }];
  const tested = await startTestProxy(backend.address, { protocol, standstill, behaviors });
  const client = await openClient(tested.port);
  const notes = () =>
    tested.events.filter(({ behavior }) => behavior === 'proxy').map(({ detail }) => detail);
  const text = () => Buffer.concat(backend.asked).toString('latin1');
  return {
    ...tested,
    client,
    notes,
    text,
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await tested[Symbol.asyncDispose]();
    },
  };
}

describe('an error behind the backend’s answer', () => {
  test('waits for one that has not begun, however long it takes', async () => {
    await using backend = await startScripted(() => null);
    await using it = await through('redis', backend, { standstill: 1, match: { path: 'bad' } });
    it.client.socket.write(get('a') + get('bad'));
    await waitUntil('the fault', () => it.events.length === 1);
    setTimeout(() => backend.sockets[0]!.write('$1\r\n1\r\n'), 50);
    await waitUntil('both answers', () => it.client.text() === '$1\r\n1\r\n-ERR x\r\n');
    assert.deepEqual(it.notes(), []);
  });

  test('does not take a push or an interim status for its begin', async () => {
    for (const [protocol, request, aside, answer, end] of [
      ['redis', get('a') + get('bad'), '>2\r\n+m\r\n+n\r\n', '$1\r\n1\r\n', '-ERR x\r\n'],
      [
        'http',
        'GET /a HTTP/1.1\r\n\r\nGET bad HTTP/1.1\r\n\r\n',
        'HTTP/1.1 103 Early Hints\r\n\r\n',
        'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
        'ERR x\n',
      ],
    ] as const) {
      await using backend = await startScripted(() => aside);
      await using it = await through(protocol, backend, { standstill: 1, match: { path: 'bad' } });
      it.client.socket.write(request);
      await waitUntil('what comes before the answer', () => it.client.text() === aside);
      setTimeout(() => backend.sockets[0]!.write(answer), 50);
      await waitUntil('both answers', () => it.client.text().endsWith(end));
      assert.ok(it.client.text().startsWith(aside + answer), it.client.text());
      assert.deepEqual(it.notes(), []);
    }
  });

  test('is given up when one that has begun stands still: the backend gets the request after all', async () => {
    await using backend = await startScripted((asked) =>
      asked.includes('bad') ? '4\r\n$3\r\nbad\r\n' : '$4\r\n123',
    );
    await using it = await through('redis', backend, { standstill: 20, match: { path: 'bad' } });
    it.client.socket.write(get('a') + get('bad'));
    await waitUntil('both answers', () => it.client.text() === '$4\r\n1234\r\n$3\r\nbad\r\n');
    assert.equal(it.text(), get('a') + get('bad'));
    assert.match(it.notes()[0]!, /the answer to GET stood still for 20 ms.* treated as tcp$/);
  });

  test('waits while what the backend said is still on its way to the client', async () => {
    const rest = '4\r\n';
    await using backend = await startScripted(() => '$4\r\n123');
    await using it = await through('redis', backend, { standstill: 10, match: { path: 'bad' } });
    await it.proxy.addBehavior({
      behavior: 'latency',
      options: { latency: '300ms' },
      direction: 'downstream',
    });
    it.client.socket.write(get('a') + get('bad'));
    await waitUntil('the request', () => it.text() === get('a'));
    setTimeout(() => backend.sockets[0]!.write(rest), 60);
    await waitUntil('both answers', () => it.client.text() === '$4\r\n1234\r\n-ERR x\r\n');
    assert.deepEqual(it.notes(), []);
  });

  test('closes where the order would be lost', async () => {
    await using backend = await startScripted(() => '$4\r\n123');
    await using it = await through('redis', backend, { standstill: 20, match: { path: 'bad' } });
    it.client.socket.write(get('a') + get('bad') + get('c'));
    assert.equal(await it.client.over, 'end');
    assert.equal(it.client.text(), '$4\r\n123');
    assert.match(it.notes()[0]!, /could not be answered; the connection is closed$/);
  });

  test('comes at once where the client asks only after an answer', async () => {
    const greeting = mysqlPacket(
      0,
      10,
      '8.0.0\0',
      '\0'.repeat(13),
      '\xff\xff\x08\x02\0\xff\xdf',
      '\0'.repeat(14),
    );
    const ok = mysqlPacket(2, 0, 0, 0, 2, 0, 0, 0);
    // Three columns that are never defined.
    const misread = Buffer.concat([mysqlPacket(1, 3), mysqlPacket(2, 0xfe, 0, 0, 2, 0, 0, 0)]);
    await using backend = await startScripted((asked) => (asked[3] === 1 ? ok : misread), greeting);
    await using it = await through('mysql', backend, { standstill: AGES, match: { command: 'UPDATE' } });
    await it.client.ask(mysqlPacket(1, '\x8d\xa2\xbf\x01', '\0'.repeat(30)), /\0\0\0\x02\0\0\0$/);
    await it.client.ask(mysqlPacket(0, 3, 'select 1'), /\xfe\0\0\x02\0\0\0$/);
    await it.client.ask(mysqlPacket(0, 3, 'update t'), 'ERR x');
    assert.match(
      it.notes()[0]!,
      /before the answer to SELECT had an end that the proxy knows.* treated as tcp$/,
    );
  });

  test('keeps its place when the connection has no messages behind it', async () => {
    await using backend = await startScripted((asked) => (asked.includes('SUBSCRIBE') ? null : '+late\r\n'));
    await using it = await through('redis', backend, { standstill: AGES, match: { path: 'bad' } });
    it.client.socket.write(`${get('a')}${get('bad')}SUBSCRIBE x\r\n`);
    await waitUntil('all of it', () => it.text().includes('SUBSCRIBE'));
    backend.sockets[0]!.write('$1\r\n1\r\n*3\r\n');
    await waitUntil('the rest', () => it.client.text().endsWith('*3\r\n'));
    assert.equal(it.client.text(), '$1\r\n1\r\n-ERR x\r\n*3\r\n');
    assert.match(it.notes()[0]!, /after SUBSCRIBE .* treated as tcp$/);
  });

  test('does not stand in the middle of what the backend says unasked', async () => {
    await using backend = await startScripted(() => null, '>2\r\n+me');
    await using it = await through('redis', backend, { standstill: AGES });
    await waitUntil('its begin', () => it.client.text() === '>2\r\n+me');
    it.client.socket.write(get('a'));
    await waitUntil('the fault', () => it.events.length === 1);
    backend.sockets[0]!.write('ssage\r\n+x\r\n');
    await waitUntil('the error', () => it.client.text() === '>2\r\n+message\r\n+x\r\n-ERR x\r\n');
  });
});

test('it is a duration', () => {
  assert.deepEqual([undefined, 20, '20', '250ms', '2s'].map(readStandstill), [1000, 20, 20, 250, 2000]);
  for (const written of [0, '0', 'soon', '', '9999h', -1])
    assert.throws(() => readStandstill(written), /standstill is/);
});

describe('a request without an end', () => {
  test('goes on as it came when its head stands still', async () => {
    await using backend = await startScripted(() => 'hello');
    await using it = await through('http', backend, { standstill: 20 });
    await it.client.ask('GET /index.html\r\n', 'hello');
    assert.equal(it.text(), 'GET /index.html\r\n');
    assert.match(it.notes()[0]!, /^the head of a request stood still for 20 ms; .* treated as tcp$/);
  });

  test('gets its error, and the connection is closed', async () => {
    await using backend = await startScripted(() => null);
    await using it = await through('memcache', backend, { standstill: 20 });
    it.client.socket.write('set k 0 0 100\r\nabc\n');
    assert.equal(await it.client.over, 'end');
    assert.equal(it.client.text(), 'SERVER_ERROR ERR x\r\n');
    assert.match(it.notes()[0]!, /stood still for 20 ms; the connection is closed behind it$/);
  });

  test('gets its error when it turns out not to be the protocol', async () => {
    await using backend = await startScripted(() => null);
    await using it = await through('http', backend, { standstill: AGES });
    it.client.socket.write('POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nno chunk');
    assert.equal(await it.client.over, 'end');
    assert.match(it.client.text(), /^HTTP\/1.1 50\d .*ERR x\n$/s);
    assert.equal(it.text(), '');
  });
});
