// Requests that get an error in the backend's place, each behind an answer whose end is easily misread.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { openClient } from '../fixtures/client.ts';
import { mysqlPacket } from '../fixtures/mysql-packet.ts';
import { startTestProxy } from '../fixtures/proxies.ts';
import { startScripted } from '../fixtures/scripted.ts';

/** A message of PostgreSQL. */
function message(type: string, body = ''): Buffer {
  const header = Buffer.alloc(type.length + 4);
  header.write(type, 'latin1');
  header.writeUInt32BE(body.length + 4, type.length);
  return Buffer.concat([header, Buffer.from(body, 'latin1')]);
}

const zeros = (count: number) => '\0'.repeat(count);

describe('mysql', () => {
  const greeting = mysqlPacket(
    0,
    10,
    '5.5.5-10.11.6-MariaDB\0',
    zeros(13),
    // Without CLIENT_MYSQL, with DEPRECATE_EOF; MariaDB's own are behind.
    '\xfe\xf7\x08\x02\x00\xff\x81\x15',
    zeros(6),
    '\x1d\0\0\0',
    'and so on\0',
  );
  const ok = mysqlPacket(2, 0, 0, 0, 2, 0, 0, 0);
  const login = (more: number) => mysqlPacket(1, '\x8c\xa2\xbf\x01', zeros(24), more, zeros(3), 'root\0');

  for (const [name, more, result] of [
    ['the definitions that a client of MariaDB has cached are left out', 0x1d, '\x03\x00'],
    ['a client of MariaDB that caches nothing gets them', 0x01, '\x01'],
  ] as const) {
    test(name, async () => {
      const definition = result.length === 1 ? [mysqlPacket(2, 3, 'def')] : [];
      const rows = [mysqlPacket(3, 0, 0, '7'), mysqlPacket(4, 0xfe, 0, 0, 2, 0, 0, 0)];
      const executed = Buffer.concat([mysqlPacket(1, result), ...definition, ...rows]);
      await using backend = await startScripted((asked) => (asked[4] === 0x17 ? executed : ok), greeting);
      await using tested = await startTestProxy(backend.address, {
        protocol: 'mysql',
        behaviors: [{ behavior: 'error', match: { command: 'EXECUTE' }, options: { warmup: 2 } }],
      });
      using client = await openClient(tested.port);
      await client.ask(login(more), /\0\0\0\x02\0\0\0$/);
      const execute = mysqlPacket(0, 0x17, 1, zeros(8));
      await client.ask(execute, executed.toString('latin1').slice(-10));
      assert.match(await client.ask(execute, 'on purpose'), /#HY000broken on purpose$/);
      assert.deepEqual(
        tested.events.map(({ behavior, command }) => [behavior, command]),
        [['error', 'EXECUTE']],
      );
    });
  }

  test('a report of progress is no end', async () => {
    const progress = mysqlPacket(1, 0xff, '\xff\xff\x01\x01\x01\0\0\0\x05alter');
    const answer = Buffer.concat([progress, mysqlPacket(2, 0, 0, 0, 2, 0, 0, 0)]);
    await using backend = await startScripted((asked) => (asked[3] === 0 ? answer : ok), greeting);
    await using tested = await startTestProxy(backend.address, {
      protocol: 'mysql',
      behaviors: [{ behavior: 'error', match: { command: 'SELECT' } }],
    });
    using client = await openClient(tested.port);
    await client.ask(login(1), /\0\0\0\x02\0\0\0$/);
    const both = Buffer.concat([mysqlPacket(0, 3, 'alter table t'), mysqlPacket(0, 3, 'select 1')]);
    const got = await client.ask(both, 'on purpose');
    assert.ok(
      got.indexOf('alter') < got.indexOf('\x02\0\0\0') && got.indexOf('#HY000') > got.indexOf('alter'),
    );
  });
});

describe('postgres', () => {
  const startup = message('', '\0\x03\0\0user\0me\0\0');
  const ready = message('Z', 'I');
  const signedIn = Buffer.concat([message('R', zeros(4)), ready]);
  const parse = (sql: string) => [message('P', `\0${sql}\0\0\0`), message('D', 'S\0')];
  const run = [message('B', zeros(8)), message('E', zeros(5)), message('S')];

  async function signIn(
    answer: (asked: Buffer, count: number) => Buffer | null,
    command: string,
    standstill = 600_000,
  ) {
    const stack = new AsyncDisposableStack();
    const backend = stack.use(
      await startScripted((asked, count) => (count === 1 ? signedIn : answer(asked, count))),
    );
    const behaviors = [{ behavior: 'error', match: { command } }];
    const tested = stack.use(
      await startTestProxy(backend.address, { protocol: 'postgres', standstill, behaviors }),
    );
    const client = stack.use(await openClient(tested.port));
    await client.ask(startup, 'I');
    const text = () => Buffer.concat(backend.asked).toString('latin1');
    return { ...tested, backend, client, text, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  test('an error comes at Flush, and ReadyForQuery at the Sync behind it', async () => {
    await using it = await signIn(() => ready, 'SELECT');
    const select = Buffer.concat([...parse('select $1'), message('H')]);
    assert.match(await it.client.ask(select, '\0\0'), /^E.*C58000\0Mbroken on purpose\0\0$/s);
    assert.equal(await it.client.ask(Buffer.concat(run), 'I'), ready.toString('latin1'));
    // All of it at once, and what is not hit goes on.
    const got = await it.client.ask(
      Buffer.concat([select, ...run, message('Q', 'show x\0')]),
      /Z.{4}I.*Z.{4}I$/s,
    );
    assert.match(got, /^E.*Mbroken on purpose\0\0Z\0\0\0\x05IZ\0\0\0\x05I$/s);
    assert.equal(it.text(), startup.toString('latin1') + message('Q', 'show x\0').toString('latin1'));
  });

  test('the error stands behind the answers before it', async () => {
    const answer = Buffer.concat([message('C', 'INSERT 0 1\0'), message('Z', 'T')]);
    await using it = await signIn(() => answer, 'SELECT');
    const both = Buffer.concat([...parse('insert'), ...run, ...parse('select 1'), message('H')]);
    assert.match(await it.client.ask(both, 'purpose\0\0'), /^C.*Z\0\0\0\x05TE/s);
    assert.equal(await it.client.ask(message('S'), 'T'), message('Z', 'T').toString('latin1'));
  });

  test('an error behind rows that stand still is given up, before its Sync, too', async () => {
    const row = message('D', 'row');
    await using it = await signIn((_, count) => (count === 2 ? row : ready), 'SELECT', 20);
    const group = Buffer.concat([...parse('select 1'), message('H')]);
    it.client.socket.write(Buffer.concat([message('Q', 'table t\0'), group]));
    await waitUntil('the note', () => it.events.some(({ detail }) => detail.endsWith('treated as tcp')));
    await waitUntil('the group', () => it.text().endsWith(group.toString('latin1')));
  });

  test('the second Sync of an extended COPY is no request', async () => {
    const copyIn = message('G', zeros(3));
    const done = Buffer.concat([message('C', 'COPY 1\0'), ready]);
    await using it = await signIn((asked) => (asked[0] === 0x50 ? copyIn : done), 'SELECT');
    await it.client.ask(Buffer.concat([...parse('copy t from stdin'), ...run]), zeros(3));
    await it.client.ask(Buffer.concat([message('d', 'a\n'), message('c'), message('S')]), 'I');
    assert.match(await it.client.ask(message('Q', 'select 1\0'), 'I'), /^E.*Z\0\0\0\x05I$/s);
    assert.equal(it.events.length, 1);
  });

  test('a notification between answers is not cut', async () => {
    const news = message('A', `${zeros(4)}channel\0payload\0`);
    const begun = Buffer.concat([message('C', 'LISTEN\0'), ready, news.subarray(0, 9)]);
    await using it = await signIn(() => begun, 'SELECT');
    await it.client.ask(message('Q', 'listen channel\0'), begun.toString('latin1').slice(-9));
    it.client.socket.write(message('Q', 'select 1\0'));
    await waitUntil('the fault', () => it.events.length === 1);
    it.backend.sockets[0]!.write(news.subarray(9));
    await waitUntil('the error', () => it.client.text().endsWith('Z\0\0\0\x05I'));
    assert.match(it.client.text(), /payload\0E.*purpose\0\0Z\0\0\0\x05I$/s);
  });
});

describe('http', () => {
  test('a client that asks before it sends its body is told at once', async () => {
    await using backend = await startScripted(() => null);
    await using tested = await startTestProxy(backend.address, {
      protocol: 'http',
      behaviors: [{ behavior: 'error', options: { status: 503 } }],
    });
    using client = await openClient(tested.port);
    client.socket.write('PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n');
    assert.equal(await client.over, 'end');
    assert.match(client.text(), /^HTTP\/1.1 503 .*Connection: close.*Service Unavailable\n$/s);
    assert.deepEqual(backend.asked, []);
  });

  test('a head with bare LF is one, and HTTP/1.0 is closed', async () => {
    await using backend = await startScripted(() => 'HTTP/1.0 200 OK\n\nhello');
    await using tested = await startTestProxy(backend.address, {
      protocol: 'http',
      behaviors: [{ behavior: 'error', probability: 0 }],
    });
    using first = await openClient(tested.port);
    await first.ask('GET / HTTP/1.0\n\n', 'hello');
    await tested.proxy.setBehaviors([{ behavior: 'error' }]);
    using second = await openClient(tested.port);
    second.socket.write('GET / HTTP/1.0\n\n');
    assert.equal(await second.over, 'end');
    assert.match(second.text(), /^HTTP\/1.1 50/);
    assert.ok(tested.events.every(({ behavior }) => behavior === 'error'));
  });
});

describe('memcache', () => {
  test('a quiet command of the binary protocol tells its error', async () => {
    const packet = (magic: number, code: number) =>
      Buffer.concat([Buffer.from([magic, code]), Buffer.alloc(22)]);
    await using backend = await startScripted(() => packet(0x81, 10));
    const behaviors = [{ behavior: 'error', match: { command: 'SETQ' }, options: { message: 'x' } }];
    await using tested = await startTestProxy(backend.address, { protocol: 'memcache', behaviors });
    using client = await openClient(tested.port);
    client.socket.write(Buffer.concat([packet(0x80, 17), packet(0x80, 10)]));
    await waitUntil('both answers', () => client.bytes().length === 24 + 1 + 24);
    assert.deepEqual([...client.bytes().subarray(0, 8)], [0x81, 17, 0, 0, 0, 0, 0, 0x84]);
  });

  test('quiet meta commands are followed up to mn, and errors are in their place', async () => {
    await using backend = await startScripted((asked) =>
      asked
        .toString()
        .replace(/^mg (a|c).*\r\n/gm, 'VA 1\r\n$1\r\n')
        .replace(/^mg.*\r\n/gm, '')
        .replace('mn', 'MN'),
    );
    const error = (match: object) => [{ behavior: 'error', match, options: { message: 'x' } }];
    await using tested = await startTestProxy(backend.address, {
      protocol: 'memcache',
      behaviors: error({ path: 'b' }),
    });
    using client = await openClient(tested.port);
    const ask = (until: RegExp) =>
      client.ask('mg a v q\r\nmg b v q\r\nmg c v q\r\nmg d v q\r\nmn\r\n', until);
    assert.match(await ask(/MN\r\n$/), /SERVER_ERROR x\r\n(.*)MN\r\n$/s);
    await tested.proxy.setBehaviors(error({ command: 'mn' }));
    assert.equal(await ask(/x\r\n$/), 'VA 1\r\na\r\nVA 1\r\nc\r\nSERVER_ERROR x\r\n');
    await tested.proxy.setBehaviors([]);
    assert.equal(await ask(/MN\r\n$/), 'VA 1\r\na\r\nVA 1\r\nc\r\nMN\r\n');
    assert.ok(tested.events.every(({ behavior }) => behavior === 'error'));
  });
});
