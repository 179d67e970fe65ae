import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestbed } from '../../fixtures/testbed.ts';

type Json = Record<string, unknown>;
const json = async (answer: Response) => (await answer.json()) as Json;

test('a project is made once, found again, and looked at', async () => {
  await using bed = await openTestbed();
  const made = await bed.call('POST', '/api/v1/projects', { repo: ' https://127.0.0.1/team/shop.git ' });
  assert.equal(made.status, 201);
  const { hook, ...project } = (await json(made)) as Json & { hook: Json };
  assert.match(String(hook.secret), /^whsec_/);
  assert.equal(hook.url, `${bed.url}/hooks/${project.id}`);
  assert.deepEqual(project, {
    id: project.id,
    repo: 'https://127.0.0.1/team/shop',
    url: `${bed.url}/projects/${project.id}`,
  });
  assert.equal(made.headers.get('location'), project.url);
  const again = await bed.call('POST', '/api/v1/projects', { repo: 'https://127.0.0.1/team/shop/' });
  assert.deepEqual([again.status, await json(again)], [200, { ...project, hook: { url: hook.url } }]);

  const one = await json(await bed.call('GET', `/api/v1/projects/${project.id}`));
  assert.deepEqual({ ...one, createdAt: typeof one.createdAt }, { ...project, createdAt: 'string' });
  for (const id of ['p000000000000', '..%2Fmailboxes', 'x'.repeat(300)]) {
    const answer = await bed.call('GET', `/api/v1/projects/${id}`);
    assert.deepEqual([answer.status, (await json(answer)).code], [404, 'not-found'], id);
  }
});

test('projects are listed in pages, each once, the most recently used first', async () => {
  await using bed = await openTestbed();
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    await bed.call('POST', '/api/v1/projects', { repo: `https://127.0.0.1/team/${name}` });
  await bed.call('POST', '/api/v1/runs', { repo: 'https://127.0.0.1/team/b' });
  const seen: string[] = [];
  for (let cursor: unknown = ''; cursor !== null; ) {
    const page = await json(await bed.call('GET', `/api/v1/projects?limit=2&cursor=${cursor}`));
    seen.push(...(page.projects as Json[]).map(({ repo, runs }) => `${String(repo).at(-1)} ${runs}`));
    cursor = page.cursor;
  }
  assert.equal(seen[0], 'b 1');
  assert.deepEqual(seen.toSorted(), ['a 0', 'b 1', 'c 0', 'd 0', 'e 0']);
});

test('a wrong address is refused with the sentence of a run’s', async () => {
  await using bed = await openTestbed({ MARTEAU_ALLOW_PRIVATE: '0' });
  for (const repo of [
    'shop',
    'git@github.com:a/b.git',
    'ext::sh',
    'file:///etc',
    'https://ana:geheim@1.1.1.1/a/b',
    'https://127.0.0.1/a/b',
    'https://gone.example/g1/tree/trunk',
  ]) {
    const [project, run] = await Promise.all(
      ['projects', 'runs'].map(async (what) => json(await bed.call('POST', `/api/v1/${what}`, { repo }))),
    );
    assert.deepEqual(project, run, repo);
  }
  for (const body of [{}, { repo: '' }, { repo: 'https://1.1.1.1/a/b', colour: 'red' }])
    assert.equal((await bed.call('POST', '/api/v1/projects', body)).status, 400);
  assert.deepEqual((await json(await bed.call('GET', '/api/v1/projects'))).projects, []);
});

test('a hook knows its forge by the host, or is told; another address of its API has to be one', async () => {
  await using bed = await openTestbed();
  const make = (repo: string, forge?: Json) => bed.call('POST', '/api/v1/projects', { repo, forge });
  for (const [name, given, wanted] of [
    ['a', undefined, { kind: 'generic', api: 'https://127.0.0.1' }],
    ['b', { kind: 'github' }, { kind: 'github', api: 'https://127.0.0.1/api/v3' }],
    [
      'c',
      { kind: 'gitlab', api: 'http://127.0.0.1:9/api/v4/' },
      { kind: 'gitlab', api: 'http://127.0.0.1:9/api/v4' },
    ],
  ] as const) {
    const { id } = await json(await make(`https://127.0.0.1/team/${name}`, given));
    assert.deepEqual((await bed.store.hooks.of(String(id)))?.forge, wanted);
  }
  const again = await make('https://127.0.0.1/team/b');
  assert.equal(again.status, 200);
  assert.equal((await bed.store.hooks.of(String((await json(again)).id)))?.forge.kind, 'github');
  for (const api of ['ftp://x', 'x', 'https://a:b@x', 'https://x/?y']) {
    const wrong = await make('https://127.0.0.1/team/b', { kind: 'github', api });
    assert.deepEqual([wrong.status, (await json(wrong)).code], [400, 'bad-request'], api);
  }
  assert.equal((await make('https://127.0.0.1/team/b', { kind: 'svn' })).status, 400);
});
