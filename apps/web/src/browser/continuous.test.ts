import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import {
  createTempFolder,
  hookCall,
  startBrowser,
  startFakeForge,
  startGitServer,
  waitUntil,
} from '@marteau/testkit';
import { driveRun, joinNode } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const file = 'name: Shop\nscript: a.test.ts\nload: [{users: 1, for: 1s}]\nwhen: {pull: {}}\n';

test('a project is connected by its page; what is pushed has its run, its status and its comment', async () => {
  await using git = await startGitServer();
  await using forge = await startFakeForge('gitea');
  await using folder = await createTempFolder();
  const secrets = join(folder.path, 'secrets.yml');
  await writeFile(secrets, `git: {"${new URL(forge.url).host}": forge-token}\n`, { mode: 0o600 });
  await using bed = await openTestbed({ MARTEAU_SECRETS: secrets });
  bed.work();
  const repo = await git.createRepo('team/shop', { '.marteau.yml': file, 'a.test.ts': '' });
  await repo.git('config', 'http.receivepack', 'true');
  const base = await repo.git('rev-parse', 'HEAD');
  const { id } = await bed.store.projects.make(repo.url.replace(/\.git$/, ''));
  await using browser = await startBrowser();
  await using tab = await browser.openPage();
  const { page } = tab;

  await page.goto(`${bed.url}/projects/${id}/hook`);
  await page.getByLabel('Where the repository lies').selectOption('gitea');
  await page.getByLabel('Base address of its API').fill(forge.url);
  await page.getByRole('button', { name: 'Connect' }).click();
  const secret = (await page.getByLabel('The secret of the hook').textContent())!.trim();
  const url = (await page.getByLabel('The address of the hook').textContent())!.trim();

  const clone = join(folder.path, 'clone');
  const run = promisify(execFile);
  const here = (...args: string[]) =>
    run('git', ['-C', clone, '-c', 'user.name=Ada', '-c', 'user.email=a@b.c', ...args]);
  await run('git', ['clone', '--quiet', repo.url, clone]);
  await here('checkout', '--quiet', '-b', 'quick');
  await writeFile(join(clone, 'a.ts'), '1');
  await here('add', '.');
  await here('commit', '--quiet', '-m', 'Ask the warehouse');
  await here('push', '--quiet', 'origin', 'quick');
  const head = await repo.git('rev-parse', 'quick');
  forge.pulls.set(3, { head, base, open: true });
  const call = hookCall('gitea', {
    repo: repo.url,
    secret,
    pull: { number: 3, head, base, headRef: 'quick' },
  });
  assert.equal((await fetch(url, { method: 'POST', ...call })).status, 202);

  await waitUntil('its run', async () => (await bed.store.runs.list({ limit: 2 })).runs.length === 1);
  await waitUntil('it to be told', () => forge.statuses.get(`${head} marteau/Shop`)?.state === 'pending');
  await page.reload();
  const row = page.getByRole('row', { name: /pull request #3/ });
  await row.getByText('started').waitFor();
  await row.getByRole('link').click();
  await page.waitForURL(/\/runs\/r/);
  const runId = new URL(page.url()).pathname.split('/').at(-1)!;
  const node = await joinNode(bed.store, 'n1');
  const driven = driveRun(bed.store, runId);
  await driven.prepare();
  await driven.enterLine({ commit: head, name: 'Shop' });
  await driven.start(node);
  await driven.finish({ verdict: 'fail', reason: 'p95 412 ms (wanted < 300 ms)' });
  await waitUntil('all to be told', async () =>
    (await bed.store.deliveries.of(runId)).every(({ kind, state }) => kind === 'mail' || state === 'sent'),
  );
  assert.equal(forge.statuses.get(`${head} marteau/Shop`)?.state, 'failure');
  assert.equal(forge.statuses.get(`${head} marteau/Shop`)?.url, page.url());
  assert.match(forge.comments[0]?.body ?? '', /✗ fail\*\* · Shop at .*p95 412 ms/s);
  await page.reload();
  await page.getByText('Status', { exact: true }).first().waitFor();
  await page.getByText('Comment', { exact: true }).first().waitFor();
  await node.leave();
});
