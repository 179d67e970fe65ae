import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFakeForge, startGitServer, waitUntil } from '@marteau/testkit';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { openTestbed } from '../fixtures/testbed.ts';
import type { Continuous } from './context.ts';
import { createPoll } from './poll.ts';

const file = `
script: a.test.ts
load: [{users: 1, for: 1s}]
when: {push: {branches: main, tags: "v*"}}
`;
const MINUTE = 60_000;

test('a repository that nobody calls about is looked at: what moved starts runs, less often where nothing does', async () => {
  await using git = await startGitServer();
  await using bed = await openTestbed();
  const repo = await git.createRepo('team/shop', { '.marteau.yml': file, 'a.test.ts': '' });
  const address = repo.url.replace(/\.git$/, '');
  const { id } = await bed.store.projects.make(address);
  await bed.store.hooks.connect({ id, repo: address }, { kind: 'generic', api: git.url });
  const clock = { ms: Date.parse('2099-11-30T00:00:00Z') };
  const context: Continuous = {
    config: readConfig({ MARTEAU_ALLOW_PRIVATE: '1', MARTEAU_DATA: bed.dataFolder }, bed.dataFolder),
    store: bed.store,
    log: pino({ level: 'silent' }),
    url: bed.url,
    closing: new AbortController().signal,
    now: () => clock.ms,
  };
  bed.work();
  const pollRound = createPoll(context);
  const looks = () => git.requests.filter(({ url }) => url.includes('info/refs')).length;
  const round = async (after = 2 * MINUTE): Promise<number> => {
    clock.ms += after;
    const before = looks();
    await pollRound();
    return looks() - before;
  };
  const runs = async () => (await bed.store.runs.list({ limit: 50 })).runs;
  assert.equal(await round(), 0, 'nobody asked for it');
  assert.equal((await bed.call('POST', `/api/v1/projects/${id}/hook/polls`, { polls: true })).status, 204);
  assert.ok((await round()) > 0);
  assert.deepEqual(await bed.store.arrivals.list(id), [], 'the first look only learns what is there');
  const head = await repo.commit({ 'src/a.ts': '1' });
  await repo.git('tag', '--annotate', '--message=one', 'v1');
  await repo.git('branch', 'quick');
  assert.ok((await round()) > 0);
  await waitUntil('both runs', async () => (await runs()).length === 2);
  assert.deepEqual((await runs()).map(({ cause }) => [cause?.kind, cause?.ref, cause?.sha]).toSorted(), [
    ['push', 'main', head],
    ['tag', 'v1', head],
  ]);
  await waitUntil('the branch to be told', async () =>
    (await bed.store.arrivals.list(id)).some(({ why }) => why?.includes('quick is none of')),
  );
  await repo.commit({ 'src/a.ts': '2' }, 'Tidy up [skip ci]');
  await round();
  await waitUntil('it to be told', async () =>
    (await bed.store.arrivals.list(id)).some(({ why }) => why?.includes('[skip ci]')),
  );
  // A minute, then two, four, and so on to fifteen, and a fifth of that at most.
  await round();
  assert.equal(await round(MINUTE), 0);
  assert.ok((await round(2 * MINUTE)) > 0);
  assert.equal(await round(3 * MINUTE), 0);
  await git.stop();
  clock.ms += 20 * MINUTE;
  await pollRound();
  assert.equal((await runs()).length, 2);
});

test('only a look that went well is compared with, and an old pull request from beyond its page is none that is new', async () => {
  await using git = await startGitServer();
  await using forge = await startFakeForge('github');
  await using bed = await openTestbed();
  const secrets = join(bed.dataFolder, 'git.yml');
  await writeFile(secrets, `git: {"${new URL(forge.url).host}": forge-token}\n`, { mode: 0o600 });
  const address = `${git.url}/team/shop`;
  const { id } = await bed.store.projects.make(address);
  await bed.store.hooks.connect({ id, repo: address }, { kind: 'github', api: forge.url });
  await bed.store.hooks.poll(id, true);
  const clock = { ms: Date.parse('2099-11-30T00:00:00Z') };
  const env = { MARTEAU_ALLOW_PRIVATE: '1', MARTEAU_DATA: bed.dataFolder, MARTEAU_SECRETS: secrets };
  const pollRound = createPoll({
    config: readConfig(env, bed.dataFolder),
    store: bed.store,
    log: pino({ level: 'silent' }),
    url: bed.url,
    closing: new AbortController().signal,
    now: () => clock.ms,
  });
  const left = async () =>
    JSON.parse((await bed.store.turns.left(`polled ${id}`))!) as {
      refs: object | null;
      pulls: { open: object } | null;
    };
  /** @param shown their numbers, those that changed last first */
  const round = async (shown: number[], head: string) => {
    forge.pulls = new Map(shown.map((number) => [number, { head, base: head, open: true }]));
    clock.ms += 20 * MINUTE;
    await pollRound();
    await bed.store.arrivals.handOn();
    const arrivals = await bed.store.arrivals.list(id);
    return arrivals.flatMap(({ events }) => events.map(({ ref, pull }) => pull?.number ?? ref));
  };
  const down = (from: number) => Array.from({ length: 100 }, (_, n) => from - n);
  assert.deepEqual(await round([], 'a'.repeat(40)), []);
  assert.equal((await left()).refs, null);
  const repo = await git.createRepo('team/shop', { a: '' });
  const head = await repo.git('rev-parse', 'HEAD');
  for (let from = 2000; from > 1400; from -= 100) assert.deepEqual(await round(down(from), head), []);
  assert.equal(Object.keys((await left()).pulls!.open).length, 500);
  assert.deepEqual(await round([3, ...down(1999)], head), [], 'somebody wrote a comment');
  assert.deepEqual(await round([2001, 3, ...down(1999)], head), [2001]);
  const next = await repo.commit({ a: '1' });
  assert.ok(
    (await round([3], next)).includes(3),
    'once it is known, its heads are, however many others are over',
  );
});

test('pull requests are looked at where the forge tells them: new ones, new heads, and those that are over', async () => {
  await using git = await startGitServer();
  await using forge = await startFakeForge('github');
  await using bed = await openTestbed();
  const secrets = join(bed.dataFolder, 'git.yml');
  await writeFile(secrets, `git: {"${new URL(forge.url).host}": forge-token}\n`, { mode: 0o600 });
  const repo = await git.createRepo('team/shop', {
    '.marteau.yml': file.replace(/when:.*/, 'when: {pull: {}}'),
    'a.test.ts': '',
  });
  const base = await repo.git('rev-parse', 'HEAD');
  const address = repo.url.replace(/\.git$/, '');
  const { id } = await bed.store.projects.make(address);
  await bed.store.hooks.connect({ id, repo: address }, { kind: 'github', api: forge.url });
  await bed.store.hooks.poll(id, true);
  const clock = { ms: Date.parse('2099-11-30T00:00:00Z') };
  const env = { MARTEAU_ALLOW_PRIVATE: '1', MARTEAU_DATA: bed.dataFolder, MARTEAU_SECRETS: secrets };
  const context: Continuous = {
    config: readConfig(env, bed.dataFolder),
    store: bed.store,
    log: pino({ level: 'silent' }),
    url: bed.url,
    closing: new AbortController().signal,
    now: () => clock.ms,
  };
  bed.work();
  const pollRound = createPoll(context);
  const round = async () => {
    clock.ms += 20 * MINUTE;
    await pollRound();
  };
  const runs = async () => (await bed.store.runs.list({ limit: 50 })).runs;
  forge.pulls.set(1, { head: base, base, open: true });
  await round();
  assert.deepEqual(await bed.store.arrivals.list(id), [], 'the first look only learns what is there');
  await repo.git('checkout', '-q', '-b', 'quick');
  const heads = [await repo.commit({ b: '1' })];
  forge.pulls.set(7, { head: heads[0]!, base, open: true });
  await round();
  await waitUntil('its run', async () => (await runs()).length === 1);
  // A forge that is away says nothing about what is over.
  forge.troubles = [{ status: 503 }];
  await round();
  await round();
  assert.equal((await runs()).length, 1);
  heads.push(await repo.commit({ b: '2' }));
  forge.pulls.set(7, { head: heads[1]!, base, open: true });
  await round();
  await waitUntil('the run of the new head', async () => (await runs()).length === 2);
  const [newer, older] = await runs();
  assert.deepEqual(
    [newer?.cause?.pull?.number, newer?.cause?.sha, older?.cause?.sha],
    [7, heads[1], heads[0]],
  );
  await waitUntil('the older one', async () => (await bed.store.runs.get(older!.id))?.state === 'cancelled');
  forge.pulls.set(7, { head: heads[1]!, base, open: false });
  await round();
  await waitUntil('its end', async () => (await bed.store.runs.get(newer!.id))?.state === 'cancelled');
});
