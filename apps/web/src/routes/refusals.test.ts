import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { finishedRun, submitRun } from '../fixtures/drive-run.ts';
import { rawRequest } from '../fixtures/raw-request.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const anyId = 'r1m7y5bf0pk6886xj6a';

/** Every route that changes something, or makes the server work. */
const changing: [method: string, path: string][] = [
  ['POST', '/runs'],
  ['POST', '/new'],
  ['POST', '/test'],
  ['POST', '/theme'],
  ['POST', '/sign-in'],
  ['POST', '/sign-out'],
  ...['cancel', 'stop', 'rerun', 'pin', 'unpin', 'confirm', 'delete'].map((action): [string, string] => [
    'POST',
    `/runs/${anyId}/${action}`,
  ]),
  ...['enable', 'disable', 'test', 'stop', 'forget'].map((action): [string, string] => [
    'POST',
    `/nodes/n1/${action}`,
  ]),
  ...['break', 'heal'].flatMap((action): [string, string][] => [
    ['POST', `/runs/${anyId}/${action}`],
    ['POST', `/api/v1/runs/${anyId}/${action}`],
  ]),
  ['POST', '/api/v1/runs'],
  ['POST', '/api/v1/look'],
  ...['cancel', 'stop', 'rerun', 'pin', 'unpin', 'confirm'].map((action): [string, string] => [
    'POST',
    `/api/v1/runs/${anyId}/${action}`,
  ]),
  ['DELETE', `/api/v1/runs/${anyId}`],
  ['POST', '/api/v1/nodes/n1/enable'],
  ['POST', '/api/v1/nodes/n1/disable'],
  ['POST', '/api/v1/nodes/n1/test'],
  ['POST', '/api/v1/nodes/n1/stop'],
  ['POST', '/api/v1/nodes/n1/forget'],
  ['POST', '/queue/pause'],
  ['POST', '/queue/resume'],
  ['POST', '/api/v1/queue/pause'],
  ['POST', '/api/v1/queue/resume'],
];

test('what a foreign page makes a browser send is refused, by every route that changes something', async () => {
  await using bed = await openTestbed();
  const { host, port } = new URL(bed.url);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const [method, path] of changing) {
    for (const headers of [
      { host, origin: 'https://evil.example' },
      { host, origin: 'null' },
      { host, origin: `http://127.0.0.1:${Number(port) + 1}` },
      { host, origin: `http://localhost:${port}` },
      { host, 'sec-fetch-site': 'cross-site' },
      { host, 'sec-fetch-site': 'same-site' },
      { host, origin: bed.url, 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[]) {
      const { status, body } = await rawRequest(bed.url, path, {
        method,
        headers: { ...form, ...headers },
        body: 'repo=https://github.com/a/b',
      });
      assert.equal(status, 403, `${method} ${path} ${JSON.stringify(headers)} ${body}`);
      assert.equal(JSON.parse(body).code, 'foreign-origin');
    }
  }
  assert.deepEqual((await bed.store.runs.list({ limit: 1 })).runs, []);
});

test('the list above is complete: no other route takes anything but GET and HEAD', async () => {
  const routes: { method: string; url: string }[] = [];
  const collect = (message: unknown) => {
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (!/^(GET|HEAD)$/.test(one)) routes.push({ method: one, url });
    });
  };
  subscribe('fastify.initialization', collect);
  await using _bed = await openTestbed();
  unsubscribe('fastify.initialization', collect);

  const matches = (route: { method: string; url: string }, [method, path]: [string, string]) =>
    route.method === method && new RegExp(`^${route.url.replace(/:\w+/g, '[^/]+')}$`).test(path);
  for (const route of routes)
    assert.ok(
      changing.some((known) => matches(route, known)),
      `${route.method} ${route.url}`,
    );
  for (const known of changing)
    assert.ok(
      routes.some((route) => matches(route, known)),
      `${known.join(' ')} is no route`,
    );
});

test('an unknown Host is refused for every method, with a sentence; probes may have any', async () => {
  await using bed = await openTestbed({ MARTEAU_URL: 'https://marteau.example.com' });
  const { port } = new URL(bed.url);
  for (const [host, status] of [
    ['marteau.example.com', 200],
    ['MARTEAU.example.com', 200],
    [`127.0.0.1:${port}`, 200],
    [`localhost:${port}`, 200],
    ['127.0.0.1', 421],
    ['evil.example', 421],
    [`evil.example:${port}`, 421],
    ['marteau.example.com.evil.example', 421],
    ['.', 421],
  ] as const) {
    const answer = await rawRequest(bed.url, '/', { headers: { host } });
    assert.equal(answer.status, status, host);
    if (status === 421) assert.match(JSON.parse(answer.body).detail, /MARTEAU_URL/);
    const posted = await rawRequest(bed.url, '/api/v1/runs', { method: 'POST', headers: { host }, body: '' });
    assert.equal(posted.status, status === 421 ? 421 : 400, host);
    assert.equal((await rawRequest(bed.url, '/healthz', { headers: { host } })).status, 200);
  }
});

test('a request that names no Host at all is refused', async () => {
  await using bed = await openTestbed();
  const socket = connect(Number(new URL(bed.url).port), '127.0.0.1');
  socket.end('GET / HTTP/1.0\r\n\r\n');
  assert.match(await text(socket), /^HTTP\/1\.1 421 .*does not answer as a host without a name/s);
});

test('behind a proxy, the public origin is ours', async () => {
  await using bed = await openTestbed({ MARTEAU_URL: 'https://marteau.example.com' });
  const headers = {
    host: 'marteau.example.com',
    origin: 'https://marteau.example.com',
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  };
  const answer = await rawRequest(bed.url, '/api/v1/nodes/n1/enable', {
    method: 'POST',
    headers,
    body: '{}',
  });
  assert.equal(answer.status, 404);
  assert.equal(JSON.parse(answer.body).code, 'not-found');
});

describe('a form without its token', () => {
  test('changes nothing, whatever the token is', async () => {
    await using bed = await openTestbed();
    const run = await submitRun(bed.store);
    const ended = await finishedRun(bed.store);
    for (const [path, fields] of [
      ['/runs', { repo: 'https://github.com/a/b' }],
      [`/runs/${run.id}/cancel`, {}],
      [`/runs/${ended.id}/delete`, {}],
      [`/runs/${ended.id}/rerun`, {}],
    ] as const) {
      for (const token of ['', 'x', 'a'.repeat(43)]) {
        const answer = await bed.submitForm(path, { ...fields, _csrf: token });
        assert.equal(answer.status, 403, path);
        assert.match(await answer.text(), /does not belong to this browser/);
      }
      const withoutCookie = await bed.get(path, {
        method: 'POST',
        body: new URLSearchParams({ ...fields, _csrf: 'a'.repeat(43) }),
      });
      assert.equal(withoutCookie.status, 403, path);
    }
    assert.equal((await bed.store.runs.list({ limit: 10 })).runs.length, 2);
    assert.equal((await bed.store.runs.get(run.id))?.state, 'queued');
  });

  test('with it, the buttons do what they say', async () => {
    await using bed = await openTestbed();
    const run = await submitRun(bed.store);
    const page = await bed.submitForm(`/runs/${run.id}/cancel`);
    assert.equal(page.status, 303);
    assert.equal(page.headers.get('location'), `/runs/${run.id}`);
    assert.equal((await bed.store.runs.get(run.id))?.state, 'cancelled');
    const again = await bed.submitForm(`/runs/${run.id}/rerun`);
    assert.match(again.headers.get('location') ?? '', /^\/runs\/r/);
    assert.notEqual(again.headers.get('location'), `/runs/${run.id}`);
    const stop = await bed.submitForm(`/runs/${run.id}/stop`);
    assert.equal(stop.status, 409);
    assert.match(await stop.text(), /Reload the page to see where it stands/);
    assert.equal((await bed.submitForm(`/runs/${run.id}/delete`)).headers.get('location'), '/');
    assert.equal(await bed.store.runs.get(run.id), null);
  });
});

test('GET changes nothing: no action has one', async () => {
  await using bed = await openTestbed();
  const run = await submitRun(bed.store);
  for (const action of ['cancel', 'stop', 'rerun', 'pin', 'unpin', 'confirm', 'delete'])
    assert.equal((await bed.get(`/runs/${run.id}/${action}`)).status, 404);
  assert.equal((await bed.get('/test?repo=https://github.com/a/b')).status, 404);
  assert.equal((await bed.get('/new?repo=https://github.com/a/b')).status, 200);
  assert.equal((await bed.store.runs.list({ limit: 10 })).runs.length, 1);
});

test('ids that are none and paths that climb are not found', async () => {
  await using bed = await openTestbed();
  const { host } = new URL(bed.url);
  for (const path of [
    '/runs/../../etc/passwd',
    '/runs/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/runs/%2e%2e/report',
    `/runs/${anyId}/files/../../x`,
    `/runs/${anyId}/files/%2e%2e%2frun.json`,
    '/runs/marteau:1:lane',
    '/runs/*',
    `/runs/${'r'.repeat(300)}`,
    '/assets/../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/docs/..%2f..%2fpackage.json',
    '/outbox/..%2f..%2fpackage.json',
    '/api/v1/runs/__proto__',
    '/nodes/__proto__',
    `/runs/${'r'.repeat(9_000)}`,
    '/%ff',
    '/runs/%',
    '/api/v1/runs/%c3%28',
  ]) {
    const { status, headers, body } = await rawRequest(bed.url, path, { headers: { host } });
    assert.equal(status, 404, path);
    assert.match(String(headers['content-type']), /problem\+json/, path);
    assert.match(JSON.parse(body).detail, /the list of runs shows what is there\.$|is at \/docs\.$/, path);
    assert.ok(headers['content-security-policy'], path);
  }
  const page = await bed.get('/runs/%ff?x=1', { headers: { accept: 'text/html' } });
  assert.match(await page.text(), /There is nothing at \/runs\/%ff\. /);
  const foreign = await rawRequest(bed.url, '/%ff', { headers: { host: 'evil.example' } });
  assert.equal(foreign.status, 421);
});

test('a parameter that is given twice counts once', async () => {
  await using bed = await openTestbed();
  for (const path of ['/runs?project=a&project=b', '/badge.svg?ref=a&ref=b', '/projects?cursor=1&cursor=2'])
    assert.equal((await bed.get(path)).status, 200, path);
});

test('overrides that are more than a file may be are refused before anything is stored', async () => {
  await using bed = await openTestbed();
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  for (const [overrides, why] of [
    [`{"env": ${nested(50_000)}}`, /nested deeper than 20 levels/],
    [`{"labels": [${Array(6_000).fill('"GET /"').join()}]}`, /hold more than 5000 values/],
    [`{"name": "${'x'.repeat(40_000)}"}`, /have more than 32 KB/],
  ] as const) {
    const answer = await bed.get('/api/v1/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"repo": "file:///a/b", "overrides": ${overrides}}`,
    });
    assert.equal(answer.status, 422);
    assert.match(((await answer.json()) as { detail: string }).detail, why);
  }
  assert.deepEqual((await bed.store.runs.list({ limit: 1 })).runs, []);
});

test('a body that is too large, no JSON, or of another kind is refused with a sentence', async () => {
  await using bed = await openTestbed();
  for (const [headers, body, status] of [
    [{ 'content-type': 'application/json' }, '{"repo":', 400],
    [{ 'content-type': 'application/json' }, '{"__proto__": {"a": 1}, "repo": "x"}', 400],
    [{ 'content-type': 'text/plain' }, '{"repo": "https://github.com/a/b"}', 415],
    [{ 'content-type': 'application/json' }, JSON.stringify({ repo: 'x'.repeat(300_000) }), 413],
  ] as const) {
    const answer = await bed.get('/api/v1/runs', { method: 'POST', headers, body });
    const problem = (await answer.json()) as { status: number; detail: string; code: string };
    assert.equal(problem.status, answer.status);
    assert.equal(answer.status, status);
    assert.match(problem.detail, /\.$/);
    assert.match(answer.headers.get('content-type') ?? '', /problem\+json/);
  }
});
