import assert from 'node:assert/strict';
import { test } from 'node:test';
import { projectId } from '@marteau/store';
import { finishedRun, repo } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

const project = encodeURIComponent(repo);

test('the badge says the last verdict of a project, or of a branch', async () => {
  await using bed = await openTestbed();
  await finishedRun(bed.store, { outcome: { verdict: 'fail', reason: 'p95 too high' } });
  const answer = await bed.get(`/badge.svg?project=${project}`);
  assert.match(answer.headers.get('content-type') ?? '', /^image\/svg\+xml/);
  assert.equal(answer.headers.get('cross-origin-resource-policy'), 'cross-origin');
  assert.match(await answer.text(), /aria-label="load test: fail, p95 /);
  assert.match(
    await (await bed.get(`/badge.svg?project=${project}&ref=next`)).text(),
    /aria-label="next: no run"/,
  );
});

test('repeats that confirm a change are in no badge, project or trend, and one row of all runs', async () => {
  await using bed = await openTestbed();
  const run = await finishedRun(bed.store, { outcome: { verdict: 'fail', reason: 'p95 too high' } });
  for (let i = 0; i < 2; i++) {
    const more = { kind: 'repeat', trigger: 'confirm', confirms: run.id } as const;
    await finishedRun(bed.store, { more });
  }
  const page = async (path: string) => (await bed.get(path)).text();
  assert.match(await page(`/badge.svg?project=${project}`), /aria-label="load test: fail, p95 /);
  assert.match(await page(`/trend?project=${project}`), /1 run, of which 1 counts/);
  const projects = await page('/projects');
  assert.match(projects, new RegExp(`class="plain" href="/runs/${run.id}"`));
  assert.equal(projects.match(/class="history">(.*?)<\/span><\/td>/s)![1]!.match(/<a /g)?.length, 1);
  for (const path of ['/', '/runs']) {
    const list = await page(path);
    assert.equal(list.match(/<td role="cell" class="verdict">/g)?.length, 2, path);
    assert.match(
      list,
      new RegExp(`href="/runs/${run.id}">Marketplace</a><small>2 repeats to confirm a change`),
    );
  }
});

test('with a token, the key that the page of the project shows opens its badge to readers, and no other', async () => {
  const token = 'correct-horse-battery';
  await using bed = await openTestbed({ MARTEAU_ACCESS_TOKEN: token });
  await finishedRun(bed.store);
  assert.equal((await bed.get(`/badge.svg?project=${project}`)).status, 401);
  const page = await bed.get(`/projects/${projectId(repo)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const [, path = ''] = /\]\(http:\/\/[^/]+(\/badge[^)]+)\)/.exec(await page.text()) ?? [];
  const src = path.replaceAll('&amp;', '&');
  const answer = await bed.get(src);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /load test: pass/);
  const other = src.replace(/project=[^&]+/, 'project=https%3A%2F%2Fexample.com%2Fother');
  assert.equal((await bed.get(other)).status, 401);
});
