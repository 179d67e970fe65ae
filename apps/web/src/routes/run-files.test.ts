import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { consoleEvent, finishedRun } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const policy =
  "sandbox allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

test('the report is served in its sandbox, with what else the folder holds', async () => {
  await using bed = await openTestbed();
  const run = await finishedRun(bed.store);
  const folder = bed.store.folders.of(run.id);
  await folder.put('report.html', '<h1>pass</h1>');
  await folder.put('results.json', '{"schema":"marteau.results/1"}');
  await folder.put('shares/1-0.json', '{}');
  await folder.put('page.svg', '<svg><script>alert(1)</script></svg>');

  const report = await bed.get(`/runs/${run.id}/report`);
  assert.equal(report.status, 200);
  assert.equal(report.headers.get('content-security-policy'), policy);
  assert.equal(report.headers.get('x-content-type-options'), 'nosniff');
  assert.match(report.headers.get('content-type') ?? '', /^text\/html/);
  assert.equal(await report.text(), '<h1>pass</h1>');

  const results = await bed.get(`/runs/${run.id}/results.json`);
  assert.match(results.headers.get('content-type') ?? '', /^application\/json/);
  assert.deepEqual(await results.json(), { schema: 'marteau.results/1' });
  assert.equal((await bed.get(`/runs/${run.id}/files/shares/1-0.json`)).status, 200);
  const svg = await bed.get(`/runs/${run.id}/files/page.svg`);
  assert.match(svg.headers.get('content-security-policy') ?? '', /^sandbox; default-src 'none'/);
  assert.equal(
    (await bed.get(`/runs/${run.id}/files/report.html`)).headers.get('content-security-policy'),
    policy,
  );
});

test('a run without a report says so on a page', async () => {
  await using bed = await openTestbed();
  const { id } = await finishedRun(bed.store, { outcome: { hasReport: false } });
  const answer = await bed.get(`/runs/${id}/report`, { headers: { accept: 'text/html' } });
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /its page says why/);
});

test('what has ended can be read while Redis is away: its page, its report, its console', async () => {
  await using bed = await openTestbed();
  const { id } = await finishedRun(bed.store, { events: [consoleEvent('a line')] });
  await bed.store.folders.of(id).put('report.html', '<h1>pass</h1>');
  await waitUntil('the folder', async () => {
    await bed.store.reconcile();
    return (
      (await bed.store.folders.of(id).text('run.json')) &&
      (await bed.store.folders.of(id).text('console.log'))
    );
  });
  await bed.redis.kill();
  for (const path of [`/runs/${id}`, `/runs/${id}/report`, `/runs/${id}/console.log`, '/docs'])
    assert.equal((await bed.get(path, { headers: { accept: 'text/html' } })).status, 200, path);
});

test('nothing is served through a symbolic link, to a file or to a folder', async () => {
  await using bed = await openTestbed();
  const { id } = await finishedRun(bed.store);
  await waitUntil('the folder', () => bed.store.folders.of(id).text('run.json'));
  const folder = join(bed.dataFolder, 'runs', id);
  const secret = join(bed.dataFolder, 'secret.html');
  await writeFile(secret, 'SECRET');
  await mkdir(join(bed.dataFolder, 'other'));
  await writeFile(join(bed.dataFolder, 'other', 'report.html'), 'SECRET');
  await symlink(secret, join(folder, 'report.html'));
  await symlink(join(bed.dataFolder, 'other'), join(folder, 'sub'));
  for (const path of ['report', 'files/report.html', 'files/sub/report.html']) {
    const answer = await bed.get(`/runs/${id}/${path}`);
    assert.ok(answer.status >= 400, path);
    assert.doesNotMatch(await answer.text(), /SECRET/);
  }
  await rm(folder, { recursive: true });
  await symlink(join(bed.dataFolder, 'other'), folder);
  const answer = await bed.get(`/runs/${id}/report`);
  assert.ok(answer.status >= 400);
  assert.doesNotMatch(await answer.text(), /SECRET/);
});
