// Requests that get an error in the backend's place, each behind an answer whose end is easily misread.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openClient } from '../fixtures/client.ts';
import { mysqlPacket } from '../fixtures/mysql-packet.ts';
import { startTestProxy } from '../fixtures/proxies.ts';
import { startScripted } from '../fixtures/scripted.ts';

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
