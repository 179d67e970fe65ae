import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Confirmation } from '@marteau/shared';
import { createTempFolder, hookCall, startFakeForge, waitUntil } from '@marteau/testkit';
import { openHouse } from './house/house.ts';
import { scriptOf } from './house/projects.ts';

/** A shop that answers after so many ms. */
const server = (ms: number) => `
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
createServer(async (_, response) => { await sleep(${ms}); response.end('hello'); }).listen(process.env.PORT, '127.0.0.1');`;
const script = (path: string) =>
  scriptOf(`
      const response = await fetch('${path}');
      assert.equal(response.status, 200);
      await response.text();`);
const shop = {
  '.marteau.yml': `
name: Shop
script: load.test.ts
cycles: 8
duration: 1s
app: {command: node server.js, ready: /hello}
when: {pull: {gate: confirmed}}
`,
  'load.test.ts': script('/hello'),
  'server.js': server(10),
  'package.json': '{"type": "module"}',
};

test('a pull request whose head is slower ends as worse: by turns with its base, under the load of the base', async () => {
  await using folder = await createTempFolder();
  await using forge = await startFakeForge('gitea');
  const secrets = join(folder.path, 'secrets.yml');
  await writeFile(secrets, `git: {"${new URL(forge.url).host}": forge-token}\n`, { mode: 0o600 });
  await using house = await openHouse({ env: { MARTEAU_SECRETS: secrets } });
  const repo = await house.git.createRepo('team/shop', shop);
  const base = await repo.git('rev-parse', 'HEAD');
  const { id: project, hook } = await house.api<{ id: string; hook: { url: string; secret: string } }>(
    'POST',
    '/projects',
    { repo: repo.url, forge: { kind: 'gitea', api: forge.url } },
  );
  await repo.git('checkout', '-q', '-b', 'quick');
  // Its own script asks for less: that shows by the path.
  const head = await repo.commit({ 'server.js': server(40), 'load.test.ts': script('/other') });
  await repo.git('checkout', '-q', 'main');
  await repo.commit({ README: 'what main did meanwhile' });
  forge.pulls.set(3, { head, base, open: true });
  const { headers, body } = hookCall('gitea', {
    repo: repo.url,
    secret: hook.secret,
    pull: { number: 3, head, base, headRef: 'quick' },
  });
  assert.equal((await fetch(hook.url, { method: 'POST', headers, body })).status, 202);
  const { runs } = await waitUntil('the run', async () => {
    const { deliveries } = await house.api<{ deliveries: { state: string; runs: string[]; why: string }[] }>(
      'GET',
      `/projects/${project}/deliveries`,
    );
    return deliveries.find(({ state }) => state !== 'waiting');
  });
  const run = await house.ends(runs[0]!);
  assert.equal(run.verdict, 'pass', run.reason ?? '');
  assert.equal(run.cause?.pull?.base, base);
  const status = () => forge.statuses.get(`${head} marteau/Shop`);
  await waitUntil('it to be compared', () => status()?.description.startsWith('passed; compared'));
  const check = await waitUntil(
    'the comparison to be decided',
    async () => {
      const one = await house.api<Confirmation>('GET', `/runs/${run.id}/confirmation`);
      return one.decision !== 'undecided' && one;
    },
    { deadlineMs: 200_000 },
  );
  assert.equal(check.decision, 'worse', check.sentence);
  assert.equal(check.base, base);
  for (const { side, run } of check.repeats) {
    const repeat = await house.run(run);
    assert.deepEqual(
      [repeat.kind, repeat.commit, repeat.loadOf],
      ['repeat', side === 'before' ? base : head, base],
    );
    const { labels } = JSON.parse(await house.file(run, 'results.json')) as { labels: { name: string }[] };
    assert.ok(
      labels.some(({ name }) => name === 'GET /hello') && !labels.some(({ name }) => name === 'GET /other'),
    );
  }
  await waitUntil('the status', () => status()?.state === 'failure');
  assert.match(status()!.description, /^worse: Confirmed worse: (p95|the median) at 8 users \+/);
  const [comment] = await waitUntil('the comment', () => forge.comments.length > 0 && forge.comments);
  assert.match(comment!.body, /\*\*✗ worse\*\* · Shop at/);
  assert.match(comment!.body, /\| p(95|50) at 8 users \| \+\d.*\| worse \|/);
  assert.match(comment!.body, /3 pairs of runs by turns; nine of ten such checks find a change of \d/);
  await house.api('POST', `/runs/${run.id}/accept`);
  await waitUntil('it to be accepted', () => status()?.state === 'success');
  assert.match(status()!.description, /^accepted by /);
  assert.equal(forge.comments.length, 1);
  await house.assertNothingLeft();
});
