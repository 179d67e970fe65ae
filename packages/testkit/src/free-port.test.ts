import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { freePort } from './free-port.ts';

test('nobody listens on a free port, and it can be listened on', async () => {
  const port = await freePort();

  const client = connect(port, '127.0.0.1');
  const [error] = await once(client, 'error');
  assert.equal(error.code, 'ECONNREFUSED');

  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
});
