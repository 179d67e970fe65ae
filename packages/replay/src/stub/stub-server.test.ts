import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startStub } from './stub-server.ts';

test('a stub answers as it is told, and tells what it was asked', async () => {
  await using stub = await startStub();
  stub.on('POST /pay', { status: 402 }, ({ body }) => ({ json: { paid: body.length } }));
  const pay = () => fetch(`${stub.url}/pay?now=1`, { method: 'POST', body: 'abc' });
  assert.equal((await pay()).status, 402);
  assert.deepEqual(await (await pay()).json(), { paid: 3 });
  assert.deepEqual(await (await pay()).json(), { paid: 3 });
  assert.deepEqual(
    stub.calls.map(({ method, url, body }) => [method, url, String(body)]),
    Array.from({ length: 3 }, () => ['POST', '/pay?now=1', 'abc']),
  );
  const other = await fetch(`${stub.url}/other`);
  assert.equal(other.status, 501);
  assert.match(await other.text(), /no answer to GET \/other\. It has: POST \/pay/);
  stub.on('GET /reset', { reset: true });
  await assert.rejects(fetch(`${stub.url}/reset`));
  stub.reset();
  assert.equal(stub.calls.length, 0);
});

test('once stopped, its port is free at once, though clients hold connections', async () => {
  const first = await startStub();
  first.on('GET /', { body: 'first' });
  first.on('GET /slow', { delayMs: 600_000 });
  assert.equal(await (await fetch(first.url)).text(), 'first');
  const hanging = assert.rejects(fetch(`${first.url}/slow`));
  while (first.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await first.stop();
  await using second = await startStub({ port: first.port });
  await hanging;
  second.on('GET /', { body: 'second' });
  assert.equal(await (await fetch(second.url)).text(), 'second');
  await first.stop();
});
