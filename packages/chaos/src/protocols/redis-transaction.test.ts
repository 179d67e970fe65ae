// Errors in a transaction leave the backend where the client thinks it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRedis } from '@marteau/testkit';
import { openClient } from '../fixtures/client.ts';
import { startTestProxy } from '../fixtures/proxies.ts';

const bad = '-ERR bad\r\n';

for (const { name, match, says, next, values } of [
  {
    name: 'an EXEC that fails here is a DISCARD there',
    match: { command: 'EXEC' },
    says: `+OK\r\n+QUEUED\r\n+QUEUED\r\n${bad}`,
    next: 'GET m\r\n',
    values: '$-1\r\n',
  },
  {
    name: 'a DISCARD that fails here is one there',
    match: { command: ['EXEC', 'DISCARD'] },
    says: `+OK\r\n+QUEUED\r\n+QUEUED\r\n${bad}`,
    next: 'MULTI\r\nDISCARD\r\nEXEC\r\nGET m\r\n',
    values: `+OK\r\n${bad}${bad}$-1\r\n`,
  },
  {
    name: 'a command that fails in it makes EXEC fail, as with redis',
    match: { path: 'n' },
    says: `+OK\r\n+QUEUED\r\n${bad}-EXECABORT Transaction discarded because of previous errors.\r\n`,
    next: 'GET m\r\nMULTI\r\nSET m 2\r\nEXEC\r\n',
    values: '$-1\r\n+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n',
  },
  {
    name: 'a MULTI that fails begins nothing',
    match: { command: 'MULTI' },
    says: `${bad}+OK\r\n:1\r\n-ERR EXEC without MULTI\r\n`,
    next: 'GET m\r\n',
    values: '$1\r\n1\r\n',
  },
]) {
  test(name, async () => {
    await using redis = await startRedis();
    await using tested = await startTestProxy(`127.0.0.1:${redis.port}`, {
      protocol: 'redis',
      behaviors: [{ behavior: 'error', match, options: { message: 'ERR bad' } }],
    });
    using client = await openClient(tested.port);
    assert.equal(await client.ask('MULTI\r\nSET m 1\r\nINCR n\r\nEXEC\r\n', says.slice(-12)), says);
    assert.equal(await client.ask(next, values.slice(-9)), values);
    await tested.proxy.setBehaviors([]);
    assert.equal(await client.ask('PING\r\n', '\r\n'), '+PONG\r\n');
    assert.ok(tested.events.every(({ behavior }) => behavior === 'error'));
  });
}
