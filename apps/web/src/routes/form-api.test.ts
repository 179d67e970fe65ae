import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestbed } from '../fixtures/testbed.ts';

const repo = 'https://127.0.0.1/team/shop';

test('the form of 2012 is answered with a job, or with a redirect', async () => {
  await using bed = await openTestbed();
  const send = (fields: Record<string, string>) =>
    bed.get('/test', { method: 'POST', body: new URLSearchParams(fields) });
  const answer = await send({
    repo,
    cycles: '10:20',
    duration: '120',
    nodes: '1',
    test: 'Shop.buy',
    script: '',
    fixture_plugin: 'vaurien',
    fixture_server: 'http://127.0.0.1:8080',
    fixture_empty: '',
    api_call: '1',
  });
  assert.equal(answer.status, 200);
  const { job_id: id } = (await answer.json()) as { job_id: string };
  const run = await bed.store.runs.get(id);
  assert.equal(run?.trigger, 'api');
  assert.deepEqual(run?.overrides, {
    cycles: '10:20',
    duration: '120',
    nodes: 1,
    test: 'Shop.buy',
    fixtures: { form: { class: 'vaurien', arguments: { server: 'http://127.0.0.1:8080' } } },
  });

  const redirected = await send({ repo });
  assert.equal(redirected.status, 303);
  assert.match(redirected.headers.get('location') ?? '', /^\/runs\/r/);
  assert.equal((await send({ repo, redirect_url: '/nodes' })).headers.get('location'), '/nodes');
});

test('it redirects to no other site, and runs nothing then', async () => {
  await using bed = await openTestbed();
  for (const url of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    const answer = await bed.get('/test', {
      method: 'POST',
      body: new URLSearchParams({ repo, redirect_url: url }),
    });
    assert.equal(answer.status, 400, url);
    assert.equal(((await answer.json()) as { code: string }).code, 'bad-redirect');
  }
  assert.deepEqual((await bed.store.runs.list({ limit: 1 })).runs, []);
});

test('without a repository it says what is missing', async () => {
  await using bed = await openTestbed();
  const answer = await bed.get('/test', { method: 'POST', body: new URLSearchParams({ api_call: '1' }) });
  assert.equal(answer.status, 400);
  assert.match(((await answer.json()) as { detail: string }).detail, /repository address/);
});
