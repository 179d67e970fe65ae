import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { startTargetServer, type TargetServer } from './target-server.ts';
import { waitUntil } from './wait-until.ts';

const cases: { path: string; status: number; body: string | RegExp }[] = [
  { path: '/hello', status: 200, body: 'hello world\n' },
  { path: '/json', status: 200, body: '{"ok":true,"items":[1,2,3]}' },
  { path: '/slow?ms=1', status: 200, body: 'hello world\n' },
  { path: '/status/503', status: 503, body: 'status 503\n' },
  { path: '/status/204', status: 204, body: '' },
  { path: '/redirect?hops=3&to=/json', status: 200, body: /"ok":true/ },
  { path: '/chunked?chunks=3&ms=1', status: 200, body: 'chunk 1\nchunk 2\nchunk 3\n' },
  { path: '/me', status: 401, body: /log in first/ },
  { path: '/toString', status: 404, body: /no such route/ },
];

for (const { path, status, body } of cases) {
  test(`GET ${path} answers ${status}`, async () => {
    await using target = await startTargetServer();
    const response = await fetch(target.url + path);
    assert.equal(response.status, status);
    const text = await response.text();
    if (typeof body === 'string') assert.equal(text, body);
    else assert.match(text, body);
  });
}

test('/hello is 12 bytes', async () => {
  await using target = await startTargetServer();
  assert.equal((await fetch(`${target.url}/hello`)).headers.get('content-length'), '12');
});

test('/echo gives back the request', async () => {
  await using target = await startTargetServer();
  const response = await fetch(`${target.url}/echo?a=1`, {
    method: 'PUT',
    body: 'ü',
    headers: { 'x-mine': 'yes' },
  });
  const echoed = (await response.json()) as { method: string; url: string; body: string; headers: object };
  assert.partialDeepStrictEqual(echoed, {
    method: 'PUT',
    url: '/echo?a=1',
    body: 'ü',
    headers: { 'x-mine': 'yes' },
  });
});

test('/login opens a session that /me knows', async () => {
  await using target = await startTargetServer();
  const login = await fetch(`${target.url}/login`, { method: 'POST' });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const me = await fetch(`${target.url}/me`, { headers: { cookie } });
  assert.equal(me.status, 200);
  assert.deepEqual(await me.json(), await login.json());
});

test('/reset, /drop and a server that ends break the connection in their ways', async () => {
  await using target = await startTargetServer();
  assert.equal(await brokenBy(target, '/reset'), 'ECONNRESET');
  assert.equal(await brokenBy(target, '/drop'), 'ECONNRESET');
});

test('/hang never answers, and does not keep the server from ending', async () => {
  let hanging: Promise<Response>;
  {
    await using target = await startTargetServer();
    hanging = fetch(`${target.url}/hang`);
    hanging.catch(() => {});
    await waitUntil('the request to arrive', () => target.seen.byPath.get('/hang') === 1);
    assert.equal(target.seen.open, 1);
  }
  await assert.rejects(hanging);
});

test('it counts what it saw', async () => {
  await using target = await startTargetServer();
  await (await fetch(`${target.url}/hello?n=1`)).text();
  await (await fetch(`${target.url}/hello?n=2`)).text();
  await (await fetch(`${target.url}/nothing`, { method: 'POST' })).text();
  assert.equal(target.seen.requests, 3);
  assert.deepEqual(
    [...target.seen.byPath],
    [
      ['/hello', 2],
      ['/nothing', 1],
    ],
  );
  assert.equal(target.seen.last?.method, 'POST');
  assert.ok(target.seen.connections >= 1);

  target.forget();
  assert.equal(target.seen.requests, 0);
  assert.equal(target.seen.byPath.size, 0);
});

/** The code of the error by which a request fails. */
function brokenBy(target: TargetServer, path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(target.url + path, { agent: false }, (response) => {
      response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      response.on('end', () => reject(new Error(`${path} was answered in full`)));
      response.resume();
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    sent.end();
  });
}
