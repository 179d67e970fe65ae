import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { rawRequest } from '../fixtures/raw-request.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const anyId = 'r1m7y5bf0pk6886xj6a';

test('a request that never ends does not hold its socket for ever', async () => {
  const limits: number[] = [];
  const look = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onReady', async () => void limits.push(fastify.server.requestTimeout));
  };
  subscribe('fastify.initialization', look);
  await using _bed = await openTestbed();
  unsubscribe('fastify.initialization', look);
  assert.deepEqual(limits, [60_000]);
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
