import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGitServer, waitUntil } from '@marteau/testkit';
import { rawRequest } from '../fixtures/raw-request.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const file =
  'name: Shop\nscript: load/home.test.ts\ncycles: 5:10\nduration: 10s\nprofiles: {smoke: {cycles: "1"}}\n';
const script = { 'load/home.test.ts': "import { test } from 'node:test';\n" };

test('without a script: look at the repository, see what it amounts to, run it', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  const { url: repo } = await git.createRepo('shop', { '.marteau.yml': file, ...script });
  const looked = await bed.submitForm('/new', { repo });
  assert.equal(looked.status, 200);
  const html = await looked.text();
  assert.match(html, /2 cycles x 10 s/);
  assert.match(html, /name="cycles"[^>]*value="5:10"/);
  assert.match(html, /name="was_cycles" value="5:10"/);
  assert.match(html, /<option>smoke<\/option>/);
  assert.deepEqual((await bed.store.runs.list({ limit: 1 })).runs, []);

  const sent = await bed.submitForm('/runs', {
    repo,
    email: 'ana@bücher.example',
    cycles: '5:10',
    was_cycles: '5:10',
    duration: '1s',
    was_duration: '10s',
    nodes: '',
  });
  assert.equal(sent.status, 303);
  const run = await bed.store.runs.get(sent.headers.get('location')!.replace('/runs/', ''));
  assert.deepEqual(run?.overrides, { duration: '1s' });
  assert.equal(run?.trigger, 'form');
  assert.deepEqual([run?.email, run?.submitter.kind], ['ana@xn--bcher-kva.example', 'anonymous']);
});

test('the form has the target, and suggests branches, scripts and tests of the repository', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  const { url: repo } = await git.createRepo('shop', {
    '.marteau.yml': `${file}target: https://staging.example.com\n`,
    'load/home.test.ts':
      "import { test } from 'node:test';\ntest('browse', () => {});\ntest(\"it's bought\", async () => {});\n",
    'load/other.test.mjs': '',
  });
  const html = await (await bed.submitForm('/new', { repo })).text();
  assert.match(html, /name="target"[^>]*value="https:\/\/staging\.example\.com"/);
  assert.match(html, /<datalist id="known-ref"><option value="main">/);
  const scripts = /<datalist id="known-script">.*load\/home\.test\.ts.*load\/other\.test\.mjs.*<\/datalist>/;
  assert.match(html, scripts);
  assert.match(
    html,
    /<datalist id="known-test"><option value="browse"><\/option><option value="it&#39;s bought">/,
  );
  assert.match(
    html,
    /name="test" [^>]*list="known-test"|list="known-test"[^>]*name="test"|id="test" name="test" list="known-test"/,
  );
});

test('who asks and who is told are two things', async () => {
  const token = 'correct-horse-battery';
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: token });
  const signIn = async () => {
    const answer = await bed.submitForm('/sign-in', { token });
    return answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0] ?? '')
      .join('; ');
  };
  const [first, second] = [await signIn(), await signIn()];
  const submit = async (cookie: string, email: string) => {
    const fields = { repo: 'https://127.0.0.1/team/shop', email, by: ' Ana ' };
    const sent = await bed.submitForm('/runs', fields, { cookie });
    return (await bed.store.runs.get(sent.headers.get('location')!.replace('/runs/', '')))!;
  };
  const runs = [
    await submit(first, 'ana@example.com'),
    await submit(first, 'boss@example.com'),
    await submit(second, 'boss@example.com'),
  ];
  const [ana, same, other] = runs.map(({ submitter }) => `${submitter.kind} ${submitter.id}`);
  assert.match(ana!, /^session [0-9a-f]{16}$/);
  assert.equal(same, ana, 'limits count who asks, whoever is told');
  assert.notEqual(other, ana);
  assert.deepEqual([runs[1]!.email, runs[1]!.by], ['boss@example.com', 'Ana']);
  const page = await (await bed.get(`/runs/${runs[1]!.id}`, { headers: { cookie: first } })).text();
  assert.match(page, /Ana by the form/);
  assert.doesNotMatch(page, /boss by/);
  const headers = { authorization: `Bearer ${token}` };
  const request = { repo: runs[0]!.repo, email: 'boss@example.com' };
  const { id } = (await (await bed.call('POST', '/api/v1/runs', request, headers)).json()) as { id: string };
  assert.deepEqual((await bed.store.runs.get(id))?.submitter, { kind: 'api', id: 'api' });
  await bed.store.runs.cancel(id, { kind: 'api', id: 'api' });
  const told = (await bed.store.runs.get(id))?.deliveries.map(({ to }) => to);
  assert.deepEqual(told, ['boss@example.com'], 'told what others did');
});

test('a script is tried once: nobody is mailed', async () => {
  await using bed = await openTestbed();
  const sent = await bed.submitForm('/runs', {
    repo: 'https://127.0.0.1/team/shop',
    email: 'ana@example.com',
    once: '1',
  });
  assert.equal(sent.status, 303);
  const run = await bed.store.runs.get(sent.headers.get('location')!.replace('/runs/', ''));
  assert.deepEqual([run?.kind, run?.trigger], ['once', 'once']);
  await bed.store.runs.cancel(run!.id, { kind: 'anonymous', id: 'visitor' });
  assert.deepEqual((await bed.store.runs.get(run!.id))?.deliveries, []);
});

test('mistakes are shown with line and column before anything is queued', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  const { url: repo } = await git.createRepo('shop', {
    '.marteau.yml': 'script: load/home.test.ts\ncycels: 5\n',
    ...script,
  });
  const html = await (await bed.submitForm('/new', { repo })).text();
  assert.match(html, /1 mistake in \.marteau\.yml/);
  assert.match(html, /2:1.*unknown field &#39;cycels&#39;.*did you mean &#39;cycles&#39;\?/s);
});

test('a mistake in the form is not called one of the file', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  const { url: repo } = await git.createRepo('shop', {
    '.marteau.yml': 'script: load/home.test.ts\n',
    ...script,
  });
  const html = await (await bed.submitForm('/new', { repo, cycles: 'many' })).text();
  assert.match(html, /1 mistake<\/h2>/);
});

test('a repository without the file is told what to add', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  const { url: repo } = await git.createRepo('shop', { 'README.md': 'hello' });
  const html = await (await bed.submitForm('/new', { repo })).text();
  assert.match(html, /There is no \.marteau\.yml in this repository yet/);
  assert.match(html, /script: loadtest\/home\.test\.ts/);
  const look = (await (await bed.call('POST', '/api/v1/look', { repo })).json()) as { found: boolean };
  assert.equal(look.found, false);
});

test('what was typed stays in the form when it is refused, with the reason', async () => {
  await using bed = await openTestbed();
  for (const [repo, says] of [
    ['not a url', /holds blanks/],
    ['"><script>alert(1)</script>', /not the address/],
    ['https://a:b@example.com/x', /Nothing was stored/],
  ] as const) {
    for (const path of ['/runs', '/new']) {
      const answer = await bed.submitForm(path, { repo, cycles: '1:2' });
      assert.ok(answer.status >= 400, repo);
      const html = await answer.text();
      assert.match(html, says);
      assert.match(html, /value="1:2"/);
      assert.doesNotMatch(html, /<script>alert/);
    }
  }
  assert.deepEqual((await bed.store.runs.list({ limit: 1 })).runs, []);
});

test('the look of the API: overrides and profiles, and why a repository cannot be read', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  const { url: repo } = await git.createRepo('shop', { '.marteau.yml': file, ...script });
  await git.createRepo('empty', {});
  const look = async (body: object) => {
    const answer = await bed.call('POST', '/api/v1/look', body);
    return (await answer.json()) as Record<string, unknown>;
  };
  assert.match(String((await look({ repo })).summary), /^2 cycles/);
  assert.match(String((await look({ repo, profile: 'smoke' })).summary), /^1 cycle/);
  assert.match(String((await look({ repo, overrides: { cycles: '1:2:3' } })).summary), /^3 cycles/);
  assert.equal((await look({ repo, ref: 'nope' })).code, 'ref-unknown');
  assert.equal((await look({ repo: `${git.url}/none.git` })).code, 'clone-not-found');
  assert.equal((await look({ repo: `${git.url}/empty.git` })).code, 'clone-empty');
  assert.equal((await look({ repo: 'http://127.0.0.1:1/a/b' })).code, 'clone-unreachable');
});

test('many looks at one repository are one, and many at once do not pile up', async () => {
  await using bed = await openTestbed();
  await using git = await startGitServer();
  const { url: repo } = await git.createRepo('shop', { '.marteau.yml': file, ...script });
  const look = (body: object) => bed.call('POST', '/api/v1/look', body);
  await Promise.all(Array.from({ length: 20 }, () => look({ repo })));
  const asked = git.requests.length;
  await Promise.all(Array.from({ length: 20 }, () => look({ repo })));
  assert.equal(git.requests.length, asked);
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, i) => look({ repo: `${git.url}/none-${i}.git` })),
  );
  const busy = answers.filter(({ status }) => status === 503);
  assert.equal(busy.length, 15);
  await waitUntil('the way to be free again', async () => (await look({ repo, ref: 'main' })).status === 200);
});

test('a private repository is read with the token of its host, which is never shown', async () => {
  await using git = await startGitServer({ auth: { user: 'deploy', password: 'topsecret' } });
  const { writeFile, mkdtemp } = await import('node:fs/promises');
  const secrets = `${await mkdtemp('/tmp/marteau-test-')}/secrets.yml`;
  await writeFile(secrets, `git:\n  127.0.0.1:${git.port}: deploy:topsecret\n`, { mode: 0o600 });
  await using bed = await openTestbed({ MARTEAU_SECRETS: secrets });
  const { url: repo } = await git.createRepo('shop', { '.marteau.yml': file, ...script });
  const answer = await bed.call('POST', '/api/v1/look', { repo });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  assert.doesNotMatch(text, /topsecret/);
  await using open = await openTestbed();
  const refused = (await (await open.call('POST', '/api/v1/look', { repo })).json()) as { code: string };
  assert.equal(refused.code, 'clone-authentication');
});

test('what a link of another site fills in is not looked at by itself', async () => {
  await using bed = await openTestbed();
  for (const [site, waits] of [
    ['cross-site', true],
    ['same-site', true],
    ['same-origin', false],
    ['none', false],
  ] as const) {
    const { body } = await rawRequest(bed.url, '/new?repo=https://github.com/you/project', {
      headers: { host: new URL(bed.url).host, accept: 'text/html', 'sec-fetch-site': site },
    });
    assert.match(body, /value="https:\/\/github\.com\/you\/project"/);
    assert.equal(/<form [^>]*data-foreign/.test(body), waits, site);
  }
});
