import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { finishedRun, joinNode, repo, submitRun } from '../../fixtures/drive-run.ts';
import { openTestbed } from '../../fixtures/testbed.ts';

type Json = Record<string, unknown>;
const json = async (answer: Response) => (await answer.json()) as Json;

// A host that is an address needs no name server.
const there = 'https://127.0.0.1/team/shop.git';

test('a run is submitted, and found again under its address', async () => {
  await using bed = await openTestbed();
  const answer = await bed.call('POST', '/api/v1/runs', {
    repo: ` ${there} `,
    ref: 'main',
    email: 'ana@example.com',
    overrides: { cycles: '1:2', nodes: 1 },
  });
  assert.equal(answer.status, 201);
  const { id, state, url } = await json(answer);
  assert.equal(state, 'queued');
  assert.equal(url, `${bed.url}/runs/${id}`);
  assert.equal(answer.headers.get('location'), url);

  const run = await json(await bed.call('GET', `/api/v1/runs/${id}`));
  assert.deepEqual(
    { ...run, submittedAt: typeof run.submittedAt },
    {
      v: 1,
      id,
      url,
      state: 'queued',
      verdict: null,
      reason: null,
      reasonCode: null,
      phase: null,
      repo: there,
      ref: 'main',
      commit: null,
      commitSubject: null,
      project: 'https://127.0.0.1/team/shop',
      name: null,
      test: null,
      target: null,
      profile: null,
      overrides: { cycles: '1:2', nodes: 1 },
      submitter: { kind: 'api', id: 'api' },
      kind: 'normal',
      trigger: 'api',
      nodes: 1,
      attempt: 0,
      stopped: false,
      submittedAt: 'string',
      startedAt: null,
      endedAt: null,
      queue: { position: 1, waitingFor: (run.queue as Json).waitingFor },
      engine: run.engine,
      reportUrl: null,
      summary: null,
      tags: [],
      note: '',
      mails: [],
    },
  );
  assert.deepEqual(Object.keys(run.engine as Json), ['name', 'version']);
});

test('an Idempotency-Key gives the same run, and refuses another request', async () => {
  await using bed = await openTestbed();
  const send = (body: object) => bed.call('POST', '/api/v1/runs', body, { 'idempotency-key': 'k1' });
  const first = await json(await send({ repo: there }));
  const second = await send({ repo: there });
  assert.equal(second.status, 201);
  assert.equal((await json(second)).id, first.id);
  const other = await send({ repo: there, ref: 'dev' });
  assert.equal(other.status, 409);
  assert.equal((await json(other)).code, 'idempotency-conflict');
});

test('what cannot be run is refused at once, with a code and a sentence, and nothing is stored', async () => {
  await using bed = await openTestbed({ MARTEAU_ALLOW_PRIVATE: '0' });
  for (const [body, code, says] of [
    [{}, 'bad-request', /repo/],
    [{ repo: '' }, 'bad-request', /repo/],
    [{ repo: there, colour: 'red' }, 'bad-request', /colour/],
    [{ repo: there, overrides: 'none' }, 'bad-request', /overrides/],
    [{ repo: 'shop' }, 'address-not-a-url', /not the address of a repository/],
    [{ repo: 'git@github.com:a/b.git' }, 'address-ssh', /https:\/\/github\.com\/a\/b/],
    [{ repo: 'ext::sh -c id' }, 'address-helper', /never does/],
    [{ repo: 'ext::sh' }, 'address-helper', /never does/],
    [{ repo: '--upload-pack=id' }, 'address-option', /option/],
    [{ repo: 'file:///etc' }, 'address-file', /own disk/],
    [{ repo: 'https://ana:geheim@1.1.1.1/a/b' }, 'address-credentials', /Nothing was stored/],
    [{ repo: 'https://127.0.0.1/a/b' }, 'address-private', /loopback/],
    [{ repo: 'https://169.254.169.254/a/b' }, 'address-private', /metadata/],
    [{ repo: 'https://1.1.1.1/a/b', ref: '--upload-pack=id' }, 'ref-wrong', /option/],
    [
      { repo: 'https://1.1.1.1/a/b', email: 'ana@example.com, ben@example.com' },
      'bad-request',
      /more than one mail address.*under email in \.marteau\.yml/,
    ],
    [{ repo: 'https://gone.example/g1/tree/trunk' }, 'address-of-page', /example\/g1, branch trunk\?/],
  ] as const) {
    const answer = await bed.call('POST', '/api/v1/runs', body);
    const problem = await json(answer);
    assert.equal(problem.code, code, JSON.stringify(body));
    assert.match(String(problem.detail), says);
    assert.doesNotMatch(JSON.stringify(problem), /geheim/);
    assert.equal(problem.status, answer.status);
  }
  assert.deepEqual((await bed.store.runs.list({ limit: 1 })).runs, []);
});

test('runs are listed newest first, by state and project, in pages', async () => {
  await using bed = await openTestbed();
  const ended = await finishedRun(bed.store);
  for (let i = 0; i < 3; i++) await bed.call('POST', '/api/v1/runs', { repo: there });
  const list = async (query: string) =>
    (await json(await bed.call('GET', `/api/v1/runs${query}`))) as { runs: Json[]; cursor: string | null };

  assert.equal((await list('')).runs.length, 4);
  assert.deepEqual(
    (await list('?state=finished')).runs.map((run) => run.id),
    [ended.id],
  );
  assert.deepEqual(
    (await list(`?project=${encodeURIComponent(repo)}`)).runs.map((run) => run.id),
    [ended.id],
  );
  const first = await list('?limit=3');
  assert.equal(first.runs.length, 3);
  const rest = await list(`?limit=3&cursor=${first.cursor}`);
  assert.deepEqual(
    rest.runs.map((run) => run.id),
    [ended.id],
  );
  assert.equal(rest.cursor, null);
  const [one] = (await list('?state=finished')).runs;
  assert.equal(one?.reportUrl, `${bed.url}/runs/${ended.id}/report`);
  assert.equal((one!.summary as Json).p95, 48_000);
  for (const query of ['?limit=0', '?limit=1000', '?state=lost', '?cursor=nonsense'])
    assert.ok([200, 400].includes((await bed.call('GET', `/api/v1/runs${query}`)).status), query);
});

test('cancel, stop, run again and delete', async () => {
  await using bed = await openTestbed();
  const { id } = await submitRun(bed.store);
  const act = (method: string, path: string) => bed.call(method, `/api/v1/runs/${id}${path}`);
  assert.equal((await json(await act('POST', '/stop'))).code, 'wrong-state');
  assert.equal((await json(await act('DELETE', ''))).code, 'wrong-state');
  assert.equal((await json(await act('POST', '/cancel'))).state, 'cancelled');
  const again = await act('POST', '/rerun');
  assert.equal(again.status, 201);
  const { id: second } = await json(again);
  assert.notEqual(second, id);
  assert.equal((await bed.store.runs.get(String(second)))?.trigger, 'rerun');
  assert.equal((await act('DELETE', '')).status, 204);
  assert.equal((await act('GET', '')).status, 404);
  assert.equal((await json(await act('POST', '/cancel'))).code, 'not-found');
});

test('nodes are listed, disabled and enabled', async () => {
  await using bed = await openTestbed();
  await joinNode(bed.store, 'load-1');
  const state = async () => {
    const { nodes } = (await json(await bed.call('GET', '/api/v1/nodes'))) as { nodes: Json[] };
    return nodes.find((node) => node.name === 'load-1')?.state;
  };
  assert.equal(await state(), 'idle');
  assert.equal((await bed.call('POST', '/api/v1/nodes/load-1/disable')).status, 204);
  await waitUntil('the node to be disabled', async () => (await state()) === 'disabled');
  assert.equal((await bed.call('POST', '/api/v1/nodes/load-1/enable')).status, 204);
  await waitUntil('the node to be enabled', async () => (await state()) === 'idle');
  for (const name of ['nobody', 'a b', '..', 'x'.repeat(100)])
    assert.equal(
      (await bed.call('POST', `/api/v1/nodes/${encodeURIComponent(name)}/enable`)).status,
      404,
      name,
    );
});

test('with Redis away, a submission fails at once with 503, and is not applied later', async () => {
  await using bed = await openTestbed();
  await bed.redis.kill();
  const begin = performance.now();
  const answer = await bed.call('POST', '/api/v1/runs', { repo: there });
  assert.equal(answer.status, 503);
  assert.ok(answer.headers.get('retry-after'));
  const problem = await json(answer);
  assert.equal(problem.code, 'store-unavailable');
  assert.equal(problem.retry, true);
  assert.ok(performance.now() - begin < 20_000);
  assert.equal((await bed.call('GET', '/readyz')).status, 503);
  assert.equal((await bed.call('GET', '/healthz')).status, 200);
  const page = await bed.get('/', { headers: { accept: 'text/html' } });
  assert.equal(page.status, 503);
  assert.match(await page.text(), /The queue \(Redis\) does not answer/);
  await bed.redis.restart();
  await waitUntil('Redis to be back', async () => (await bed.call('GET', '/readyz')).status === 200);
  assert.deepEqual((await bed.store.runs.list({ limit: 1 })).runs, []);
});

test('the OpenAPI document describes what the routes answer', async () => {
  await using bed = await openTestbed();
  const document = (await json(await bed.call('GET', '/api/openapi.json'))) as {
    openapi: string;
    paths: Record<string, Record<string, { responses: Json; summary: string }>>;
  };
  assert.match(document.openapi, /^3\./);
  for (const path of [
    '/api/v1/runs',
    '/api/v1/runs/{id}',
    '/api/v1/runs/{id}/cancel',
    '/api/v1/runs/{id}/stop',
    '/api/v1/runs/{id}/rerun',
    '/api/v1/runs/{id}/pin',
    '/api/v1/runs/{id}/unpin',
    '/api/v1/runs/{id}/confirm',
    '/api/v1/runs/{id}/confirmation',
    '/api/v1/runs/{id}/accept',
    '/api/v1/runs/{id}/events',
    '/api/v1/look',
    '/api/v1/nodes',
    '/api/v1/nodes/{name}/enable',
    '/runs/{id}/results.json',
    '/test',
    '/healthz',
    '/readyz',
    '/api/v1/version',
  ]) {
    for (const [method, operation] of Object.entries(document.paths[path] ?? assert.fail(path)))
      assert.ok(operation.summary && operation.responses, `${method} ${path}`);
  }
  assert.equal(document.paths['/'], undefined);
});
