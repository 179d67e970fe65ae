import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasEnded } from '@marteau/shared';
import {
  createTempFolder,
  type HookNews,
  hookCall,
  startFakeForge,
  startGitServer,
  waitUntil,
} from '@marteau/testkit';
import fc from 'fast-check';
import { driveRun, joinNode } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const file = (n: number) => `
name: Shop ${n}
script: a.test.ts
load: [{users: 1, for: 1s}]
when: {push: {branches: main}, pull: {comment: always}}
`;
const ROUNDS = 3;
const HEADS = 2;

test('any order and repetition of deliveries ends in one comment, one last status of the head, and one run of a key', async () => {
  await using git = await startGitServer();
  await using forge = await startFakeForge('gitea');
  await using folder = await createTempFolder();
  const secrets = join(folder.path, 'secrets.yml');
  await writeFile(secrets, `git: {"${new URL(forge.url).host}": forge-token}\n`, { mode: 0o600 });
  await using bed = await openTestbed({ MARTEAU_SECRETS: secrets });
  bed.work();
  const node = await joinNode(bed.store, 'n1');
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: HEADS + 1 }), { minLength: 2, maxLength: 8 }),
      fc.array(fc.nat({ max: 3 }), { minLength: 2, maxLength: 4 }),
      async (order, ids) => {
        const n = round++;
        const repo = await git.createRepo(`team/shop${n}`, { '.marteau.yml': file(n), 'a.test.ts': '' });
        const base = await repo.git('rev-parse', 'HEAD');
        const made = await bed.call('POST', '/api/v1/projects', {
          repo: repo.url,
          forge: { kind: 'gitea', api: forge.url },
        });
        const { id, hook } = (await made.json()) as { id: string; hook: { url: string; secret: string } };
        await repo.git('checkout', '-q', '-b', 'quick');
        const heads: string[] = [];
        for (let h = 0; h < HEADS; h++) heads.push(await repo.commit({ a: String(h) }));
        await repo.git('checkout', '-q', 'main');
        const newest = heads.at(-1)!;
        const number = 100 + n;
        forge.pulls.set(number, { head: newest, base, open: true });
        const pull = (head: string) => ({ pull: { number, head, base, headRef: 'quick' } }) as const;
        const events = [{ push: { ref: 'refs/heads/main', sha: base } }, ...heads.map(pull)];
        // Whatever came, the newest head is among it; the same delivery comes twice, and as another one.
        const sent = [...order, HEADS].map((index, at) => ({
          event: events[index % events.length]!,
          id: `${n} ${ids[at % ids.length]} ${index}`,
        }));
        await Promise.all(
          sent.map(async ({ event, id: delivery }) => {
            const news = { repo: repo.url, secret: hook.secret, id: delivery, ...event } as HookNews;
            const { headers, body } = hookCall('gitea', news);
            assert.ok((await fetch(hook.url, { method: 'POST', headers, body })).ok);
          }),
        );
        await waitUntil('all to be done with', async () => {
          const all = await bed.store.arrivals.list(id);
          return all.length > 0 && all.every(({ state }) => state !== 'waiting');
        });
        const project = repo.url.replace(/\.git$/, '');
        const runs = async () => (await bed.store.runs.list({ project, limit: 100 })).runs;
        for (const run of await runs()) {
          if (hasEnded(run.state)) continue;
          const driven = driveRun(bed.store, run.id);
          await driven.prepare();
          await driven.enterLine({ commit: run.cause!.sha, name: `Shop ${n}` });
          await driven.start(node);
          await driven.finish({ verdict: 'fail', reason: 'too slow' });
        }
        await waitUntil('all to be told', async () => {
          const told = (await runs()).flatMap(({ deliveries }) => deliveries);
          return told.every(({ kind, state }) => kind === 'mail' || state === 'sent');
        });
        const keys = (await runs()).map(({ cause }) => `${cause?.kind} ${cause?.sha}`);
        assert.equal(new Set(keys).size, keys.length, 'one run of a key');
        assert.equal(keys.filter((key) => key === `pull ${newest}`).length, 1);
        assert.equal(forge.comments.filter((one) => one.pull === number).length, 1, 'one comment');
        assert.equal(forge.statuses.get(`${newest} marteau/Shop ${n}`)?.state, 'failure');
        for (const { cause } of await runs())
          assert.notEqual(forge.statuses.get(`${cause!.sha} marteau/Shop ${n}`)?.state, 'pending');
      },
    ),
    { numRuns: ROUNDS, endOnFailure: true },
  );
  await node.leave();
});
