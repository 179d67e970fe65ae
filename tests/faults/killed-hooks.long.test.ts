// SIGKILL of the web at each step from a hook's call to its answer: nothing is lost, and nothing is there twice.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasEnded } from '@marteau/shared';
import { openStore } from '@marteau/store';
import { createTempFolder, hookCall, startFakeForge, waitUntil } from '@marteau/testkit';
import { driveRun, joinNode } from '../../apps/web/src/fixtures/drive-run.ts';
import { openHouse } from '../house/house.ts';
import { redisDoes } from './redis-does.ts';

const file = 'name: Shop\nscript: a.test.ts\nload: [{users: 1, for: 1s}]\nwhen: {pull: {}}\n';
/** A job, or something to be told, that a killed process had taken comes back after a minute. */
const COMES_BACK_MS = 200_000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

test('SIGKILL of the web: as its call lies in the spool, its job is taken, its run made, its status and its comment posted', async () => {
  await using folder = await createTempFolder();
  await using forge = await startFakeForge('gitea');
  const secrets = join(folder.path, 'secrets.yml');
  await writeFile(secrets, `git: {"${new URL(forge.url).host}": forge-token}\n`, { mode: 0o600 });
  await using house = await openHouse({ workers: 0, env: { MARTEAU_SECRETS: secrets } });
  const repo = await house.git.createRepo('team/shop', { '.marteau.yml': file, 'a.test.ts': '' });
  const base = await repo.git('rev-parse', 'HEAD');
  const { id: project, hook } = await house.api<{ id: string; hook: { url: string; secret: string } }>(
    'POST',
    '/projects',
    { repo: repo.url, forge: { kind: 'gitea', api: forge.url } },
  );
  const store = await openStore({
    redisUrl: house.redis.url,
    dataFolder: house.data,
    log: silent,
    clientName: 'test',
    kind: 'worker',
  });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => store.close());
  const node = await joinNode(store, 'n1');
  stack.defer(() => node.leave());
  /** Lets a run fail, as a worker would. */
  const fail = async (id: string, head: string): Promise<void> => {
    const driven = driveRun(store, id);
    await driven.prepare();
    await driven.enterLine({ commit: head, name: 'Shop' });
    await driven.start(node);
    await driven.finish({ verdict: 'fail', reason: 'too slow', summary: null });
  };
  const runsOf = async (head: string) =>
    (await store.runs.list({ limit: 100 })).runs.filter(({ cause }) => cause?.sha === head);
  const theRun = (head: string) =>
    waitUntil(`the run of ${head}`, async () => (await runsOf(head))[0], { deadlineMs: COMES_BACK_MS });

  /** Each calls the hook, and resolves when the blow is to fall. */
  const moments: Record<string, (call: () => Promise<void>, head: string) => Promise<unknown>> = {
    async 'its call is in the spool'(call) {
      house.redis.pause();
      await call();
    },
    async 'its job is taken'(call) {
      const before = house.git.requests.length;
      await call();
      await waitUntil('git to be asked', () => house.git.requests.length > before, { everyMs: 1 });
    },
    async 'its run is made'(call) {
      await using done = await redisDoes(house.redis, /evalsha.*submitted/i);
      await call();
      await done.seen;
    },
    async 'its status is posted'(call, head) {
      await call();
      await waitUntil('the status', () => forge.written.some(({ commit }) => commit === head), {
        everyMs: 1,
      });
    },
    async 'its comment is posted'(call, head) {
      await call();
      const { id } = await theRun(head);
      const before = forge.comments.length;
      await fail(id, head);
      await waitUntil('the comment', () => forge.comments.length > before, { everyMs: 1 });
    },
  };
  await repo.git('checkout', '-q', '-b', 'quick');
  const heads: string[] = [];
  for (const [n, [moment, isReached]] of Object.entries(moments).entries()) {
    const [number, headRef] = [n + 1, `quick-${n}`];
    await repo.git('checkout', '-q', '-b', headRef, base);
    const head = await repo.commit({ 'a.txt': moment });
    heads.push(head);
    forge.pulls.set(number, { head, base, open: true });
    const news = { repo: repo.url, secret: hook.secret, id: moment.replaceAll(' ', '-') };
    const call = async () => {
      const { headers, body } = hookCall('gitea', { ...news, pull: { number, head, base, headRef } });
      const answer = await fetch(hook.url, { method: 'POST', headers, body });
      assert.equal(answer.status, 202, moment);
    };
    await isReached(call, head);
    await house.web.kill();
    house.redis.resume();
    await house.startWeb();
  }
  for (const head of heads) {
    const { id, state } = await theRun(head);
    if (!hasEnded(state)) await fail(id, head);
  }
  await waitUntil(
    'all to be told',
    async () => {
      const { runs } = await store.runs.list({ limit: 100 });
      const told = await Promise.all(runs.map(({ id }) => store.deliveries.of(id)));
      return told.flat().every(({ kind, state }) => kind === 'mail' || state === 'sent');
    },
    { deadlineMs: COMES_BACK_MS },
  );
  for (const [n, head] of heads.entries()) {
    assert.equal((await runsOf(head)).length, 1, Object.keys(moments)[n]);
    assert.equal(forge.statuses.get(`${head} marteau/Shop`)?.state, 'failure', Object.keys(moments)[n]);
    assert.equal(forge.comments.filter(({ pull }) => pull === n + 1).length, 1, Object.keys(moments)[n]);
  }
  const waits = (await store.arrivals.list(project)).filter(({ state }) => state === 'waiting');
  assert.deepEqual(waits, []);
});
