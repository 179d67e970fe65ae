import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectId } from '@marteau/store';
import { finishedRun, repo, submitRun } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const path = `/projects/${projectId(repo)}`;

test('the page of a project: name, repository, trends, last runs, badge, and where a run begins', async () => {
  await using bed = await openTestbed();
  const page = async () => (await bed.get(path)).text();
  assert.equal((await bed.get(path, { headers: { accept: 'text/html' } })).status, 404);

  await bed.store.projects.make(repo);
  const empty = await page();
  assert.match(empty, /<h1>mozilla\/marketplace<\/h1>/);
  assert.match(empty, new RegExp(`<a href="${repo}" rel="noreferrer">${repo}</a>`));
  assert.match(empty, /Nothing was run of it yet/);
  assert.match(await (await bed.get('/projects')).text(), /no run yet/);

  const first = await submitRun(bed.store);
  const queued = await page();
  assert.match(queued, new RegExp(`href="/runs/${first.id}"`));
  assert.match(queued, /appear here with the first verdict/);

  const smoke = await finishedRun(bed.store, { more: { request: { repo, profile: 'smoke' } } });
  const last = await finishedRun(bed.store, { outcome: { verdict: 'fail', reason: 'p95 too high' } });
  const full = await page();
  assert.match(full, /<h1>Marketplace<\/h1>/);
  for (const { id } of [smoke, last]) assert.ok(full.includes(`/runs/${id}"`), id);
  const trends = [...full.matchAll(/href="(\/trend[^"]+)">([^<]+)/g)];
  assert.deepEqual(
    trends.map(([, , name]) => name),
    ['all of the script', 'profile smoke'],
  );
  for (const [, href = ''] of trends)
    assert.match(await (await bed.get(href.replaceAll('&amp;', '&'))).text(), /1 run, of which 1 counts/);
  const [, target] = /\[!\[load test\]\(http[^)]+\)\]\(([^)]+)\)/.exec(full) ?? [];
  assert.equal(target, bed.url + path);
  assert.match(full, /href="\/new\?repo=https%3A%2F%2Fgithub\.com/);
  for (const from of ['/projects', `/runs/${last.id}`, `/runs?project=${encodeURIComponent(repo)}`])
    assert.ok((await (await bed.get(from)).text()).includes(`href="${path}"`), from);
});

test('every way to submit makes the project: the form, the API, that of 2012, and running again', async () => {
  await using bed = await openTestbed();
  const address = (name: string) => `https://127.0.0.1/team/${name}`;
  await bed.submitForm('/runs', { repo: `${address('form')}.git` });
  await bed.call('POST', '/api/v1/runs', { repo: `${address('api')}/` });
  await bed.get('/test', {
    method: 'POST',
    body: new URLSearchParams({ repo: address('old'), api_call: '1' }),
  });
  const run = await bed.store.runs.submit({
    request: { repo: address('again') },
    project: address('again'),
    submitter: { kind: 'api', id: 'api' },
    kind: 'repeat',
    trigger: 'confirm',
  });
  const again = projectId(address('again'));
  assert.equal(await bed.store.projects.get(again), null);
  assert.equal((await bed.call('POST', `/api/v1/runs/${run.id}/rerun`)).status, 201);
  for (const name of ['form', 'api', 'old', 'again'])
    assert.equal((await bed.store.projects.get(projectId(address(name))))?.repo, address(name));
});

test('what is wrong with the record of a project is said on its page', async () => {
  await using bed = await openTestbed();
  await mkdir(join(bed.dataFolder, 'projects'), { recursive: true });
  await writeFile(join(bed.dataFolder, `${path}.json`), '{"v":7}');
  const answer = await bed.get(path, { headers: { accept: 'text/html' } });
  assert.equal(answer.status, 500);
  assert.match(await answer.text(), /was written by a newer Marteau \(data version 7\)/);
});
