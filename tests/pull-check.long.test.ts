import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Confirmation } from '@marteau/shared';
import { createTempFolder, hookCall, startFakeForge, waitUntil } from '@marteau/testkit';
import { openHouse } from './house/house.ts';

const example = join(import.meta.dirname, '../examples/pull-request');

/** What lies below a folder, by path. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const read = paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')]);
  return Object.fromEntries(await Promise.all(read));
}

test('examples/pull-request: the branch that is 20 % slower ends as worse, that of the README as no change; both under the load of the base', async () => {
  await using folder = await createTempFolder();
  await using forge = await startFakeForge('gitea');
  const secrets = join(folder.path, 'secrets.yml');
  await writeFile(secrets, `git: {"${new URL(forge.url).host}": forge-token}\n`, { mode: 0o600 });
  await using house = await openHouse({ env: { MARTEAU_SECRETS: secrets } });
  const all = Object.entries(await filesOf(example));
  const main = Object.fromEntries(all.filter(([path]) => !path.startsWith('branches/')));
  const repo = await house.git.createRepo('team/prices', main);
  const base = await repo.git('rev-parse', 'HEAD');
  const { id: project, hook } = await house.api<{ id: string; hook: { url: string; secret: string } }>(
    'POST',
    '/projects',
    { repo: repo.url, forge: { kind: 'gitea', api: forge.url } },
  );
  const heads: Record<string, string> = {};
  for (const name of ['slower', 'readme']) {
    await repo.git('checkout', '-q', '-b', name, base);
    const own = await filesOf(join(example, 'branches', name));
    // Its own script asks for something else: that shows by the path.
    const script = main['loadtest/price.test.ts']!.replaceAll('apple', 'pear');
    heads[name] = await repo.commit(name === 'slower' ? { ...own, 'loadtest/price.test.ts': script } : own);
  }
  await repo.git('checkout', '-q', 'main');
  await repo.commit({ NEWS: 'what main did meanwhile' });

  /** Opens the pull request of a branch, and resolves with what came of it. */
  const check = async (number: number, name: string) => {
    const head = heads[name]!;
    forge.pulls.set(number, { head, base, open: true });
    const pull = { number, head, base, headRef: name };
    const { headers, body } = hookCall('gitea', { repo: repo.url, secret: hook.secret, pull });
    assert.equal((await fetch(hook.url, { method: 'POST', headers, body })).status, 202);
    const { runs } = await waitUntil('the run', async () => {
      const { deliveries } = await house.api<{
        deliveries: { state: string; runs: string[]; events: { sha: string }[] }[];
      }>('GET', `/projects/${project}/deliveries`);
      return deliveries.find(({ state, events }) => state !== 'waiting' && events[0]?.sha === head);
    });
    const run = await house.ends(runs[0]!, 120_000);
    assert.equal(run.verdict, 'pass', run.reason ?? '');
    assert.equal(run.cause?.pull?.base, base);
    const status = () => forge.statuses.get(`${head} marteau/Prices`);
    const decided = await waitUntil(
      'the comparison to be decided',
      async () => {
        const one = await house.api<Confirmation>('GET', `/runs/${run.id}/confirmation`);
        return one.decision !== 'undecided' && one;
      },
      { deadlineMs: 600_000 },
    );
    assert.equal(decided.base, base);
    for (const { side, run: id } of decided.repeats) {
      const repeat = await house.run(id);
      assert.deepEqual(
        [repeat.kind, repeat.commit, repeat.loadOf],
        ['repeat', side === 'before' ? base : head, base],
      );
      const { labels } = JSON.parse(await house.file(id, 'results.json')) as { labels: { name: string }[] };
      assert.ok(
        labels.some((one) => one.name === 'GET /price/apple') &&
          !labels.some((one) => one.name.includes('pear')),
      );
    }
    return { run, decided, status };
  };

  const slower = await check(3, 'slower');
  assert.equal(slower.decided.decision, 'worse', slower.decided.sentence);
  await waitUntil('the status', () => slower.status()?.state === 'failure');
  assert.match(slower.status()!.description, /^worse: Confirmed worse: (p95|the median) at 8 users \+/);
  const [comment] = await waitUntil('the comment', () => forge.comments.length > 0 && forge.comments);
  assert.match(comment!.body, /\*\*✗ worse\*\* · Prices at/);
  assert.match(comment!.body, /\| p(95|50) at 8 users \| \+\d.*\| worse \|/);
  assert.match(comment!.body, /\d pairs of runs by turns; nine of ten such checks find a change of \d/);
  await house.api('POST', `/runs/${slower.run.id}/accept`);
  await waitUntil('it to be accepted', () => slower.status()?.state === 'success');
  assert.match(slower.status()!.description, /^accepted by /);

  const readme = await check(4, 'readme');
  assert.equal(readme.decided.decision, 'same', readme.decided.sentence);
  await waitUntil('the status', () => readme.status()?.state === 'success');
  assert.match(readme.status()!.description, /^no change: No change of at least /);
  assert.equal(forge.comments.length, 1, 'nothing to say');
  await house.assertNothingLeft();
});
