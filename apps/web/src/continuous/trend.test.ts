import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Run, RunSummary } from '@marteau/shared';
import { createTempFolder, startFakeForge, startGitServer, waitUntil } from '@marteau/testkit';
import { driveRun, joinNode, submission } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';
import { trendNow } from './trend-now.ts';

const summary = (p95: number): RunSummary => ({
  requests: 1000,
  iterations: 1000,
  errorRate: 0,
  failureRate: 0,
  rate: 100,
  p50: p95 / 2,
  p95,
  p99: p95 * 2,
  spark: [],
});

/** ms of p95 of a commit each; the fourth makes it slower, the seventh mends it. */
const P95S = [100, 101, 99, 130, 131, 129, 100, 101, 99];

test('another level of the default branch is told once, with the commits between, and an issue is open as long as it is worse', async () => {
  await using git = await startGitServer();
  await using forge = await startFakeForge('gitlab');
  await using folder = await createTempFolder();
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(await text(request));
    response.end();
  });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const channel = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
  const secrets = join(folder.path, 'secrets.yml');
  await writeFile(
    secrets,
    `git: {"${new URL(forge.url).host}": forge-token}\nchannels: {perf: {url: "${channel}", kind: slack}}\n`,
    { mode: 0o600 },
  );
  await using bed = await openTestbed({ MARTEAU_SECRETS: secrets });
  bed.work();
  const repo = await git.createRepo('team/shop', { a: '' });
  const project = repo.url.replace(/\.git$/, '');
  const made = await bed.call('POST', '/api/v1/projects', {
    repo: repo.url,
    forge: { kind: 'gitlab', api: forge.url },
  });
  const { id } = (await made.json()) as { id: string };
  assert.equal((await bed.call('POST', `/api/v1/projects/${id}/hook/issues`, { issues: true })).status, 204);
  assert.match(await (await bed.get(`/projects/${id}/hook`)).text(), /Keep no issues/);
  const node = await joinNode(bed.store, 'n1');
  const commits: string[] = [];
  for (const [n, p95] of P95S.entries()) {
    if (n === 3) await repo.commit({ a: 'x' }, 'Round prices <!channel>');
    commits.push(await repo.commit({ a: String(n) }, `Change ${n} @team`));
    const run = await bed.store.runs.submit({
      request: { repo: project, ref: commits[n]! },
      project,
      submitter: { kind: 'hook', id },
      trigger: 'push',
      cause: { kind: 'push', ref: 'main', sha: commits[n]!, isDefault: true, issue: true },
    });
    const driven = driveRun(bed.store, run.id);
    await driven.prepare();
    await driven.enterLine({ commit: commits[n]!, name: 'Shop' });
    await driven.start(node);
    // A forge that is away for a moment changes nothing.
    if (n === 5) forge.troubles = [{ status: 502, headers: { 'retry-after': '0' } }];
    await driven.finish({
      summary: summary(p95 * 1000),
      recipients: [
        { kind: 'trend', to: 'perf:change' },
        { kind: 'trend', to: 'none:change' },
      ],
    });
    await waitUntil('all to be told', async () =>
      (await bed.store.deliveries.of(run.id)).every((one) => one.kind === 'mail' || one.state !== 'waiting'),
    );
    if (n === 2) assert.deepEqual([seen, forge.issues], [[], []]);
    if (n === 5) {
      assert.equal(seen.length, 1, seen.join('\n'));
      assert.match(seen[0]!, /✗ worse for several runs · Shop/);
      assert.match(seen[0]!, /p95 from 100 ms to 1[23]\d ms \(\+\d\d(\.\d)? %\)/);
      assert.match(
        seen[0]!,
        new RegExp(`2 commits after ${commits[2]!.slice(0, 8)} until ${commits[3]!.slice(0, 8)}:`),
      );
      assert.match(seen[0]!, /Round prices &lt;!channel&gt;/);
      assert.equal(forge.issues.length, 1);
      const [issue] = forge.issues;
      assert.ok(issue!.open);
      assert.match(issue!.title, /^Shop is slower on the default branch$/);
      assert.match(issue!.body, /^<!-- marteau-trend:[0-9a-f]{12} Shop: p95=\d+(\.\d)? -->\n/);
      assert.match(issue!.body, /- [0-9a-f]{8} Round prices &lt;\\!channel&gt;/);
      assert.doesNotMatch(issue!.body, /@team/);
    }
  }
  const [issue, ...others] = forge.issues;
  assert.deepEqual([others, issue?.open, issue?.comments.length], [[], false, 1]);
  assert.match(issue!.body, /It is as it was again\./);
  assert.match(issue!.comments[0]!, /^It is as it was: \[run r/);
  assert.equal(seen.length, 2);
  assert.match(seen[1]!, /✓ better for several runs · Shop/);
  await node.leave();
});

test('the issues of trends that people call alike are told apart: by load, and by what no marker holds', async () => {
  await using bed = await openTestbed();
  const one = { ...(await bed.store.runs.submit(submission())), summary: summary(1000) };
  const ofLoad = (load: string) => ({ ...one, summary: { ...one.summary, load } });
  const twins = [ofLoad('10/s'), ofLoad('20/s'), { ...one, test: 'a+b' }, { ...one, test: 'a b' }];
  const aboutOf = async (run: Run) => (await trendNow({ store: bed.store, url: '' }, run, null)).about;
  const marks = (await Promise.all(twins.map(aboutOf))).map((about) => about.split(' ', 1)[0]!);
  assert.equal(new Set(marks).size, twins.length);
  for (const mark of marks) assert.match(mark, /^[0-9a-f]{12}$/);
});

test('a forge without issues keeps none', async () => {
  await using bed = await openTestbed();
  const { id } = (await (
    await bed.call('POST', '/api/v1/projects', {
      repo: 'http://127.0.0.1:9/team/shop',
      forge: { kind: 'bitbucket', api: 'http://127.0.0.1:9' },
    })
  ).json()) as { id: string };
  const answer = await bed.call('POST', `/api/v1/projects/${id}/hook/issues`, { issues: true });
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /Bitbucket has no issues/);
});
