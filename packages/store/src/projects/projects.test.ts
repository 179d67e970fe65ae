import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { ana, isClosed, openTestbed, submission } from '../fixtures/testbed.ts';
import { projectId } from './project.ts';

const repo = 'https://git.example.com/team/shop';
const id = projectId(repo);

test('an id is made of the address, and of letters and digits', () => {
  assert.match(id, /^p[0-9a-z]{12}$/);
  assert.equal(projectId(repo), id);
  assert.notEqual(projectId(`${repo}s`), id);
});

test('a first run makes a project, a repeat does not, and making it again finds it', async () => {
  await using bed = await openTestbed();
  const [store, web] = [await bed.open(), await bed.open({ kind: 'web' })];
  await store.runs.submit(submission({ kind: 'repeat', project: 'https://git.example.com/repeated' }));
  assert.deepEqual((await store.projects.list({ limit: 5 })).projects, []);
  await Promise.all([web, store, web, store].map(({ runs }) => runs.submit(submission())));
  const project = await store.projects.get(id);
  assert.deepEqual([project?.id, project?.repo], [id, repo]);
  // Whoever found it made may still be writing it once more.
  await waitUntil('its file alone', async () => {
    const names = await readdir(join(bed.dataFolder, 'projects'));
    return names.length === 1 && names[0] === `${id}.json`;
  });
  assert.deepEqual(await web.projects.make(repo), { id, isNew: false });
});

test('one without a run is listed, also after its last run was deleted and Redis was emptied', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  assert.equal((await store.projects.make('https://git.example.com/planned')).isNew, true);
  const run = await store.runs.submit(submission());
  await store.runs.cancel(run.id, ana);
  await isClosed(bed, store, run.id);
  await store.runs.remove(run.id);
  const expected = [
    { id, project: repo, runs: 0, last: null },
    {
      id: projectId('https://git.example.com/planned'),
      project: 'https://git.example.com/planned',
      runs: 0,
      last: null,
    },
  ];
  assert.deepEqual((await store.projects.list({ limit: 5 })).projects, expected);
  const before = await store.projects.get(id);
  await bed.raw.flushall();
  await store.reconcile();
  assert.deepEqual(
    (await store.projects.list({ limit: 5 })).projects.map((one) => one.id).toSorted(),
    expected.map((one) => one.id).toSorted(),
  );
  assert.deepEqual(await store.projects.get(id), before);
});

test('runs that an older version took in get their projects at the first start, with Redis or from their folders', async () => {
  await using bed = await openTestbed();
  for (const isEmptied of [false, true]) {
    const store = await bed.open();
    const run = await store.runs.submit(submission());
    await store.runs.cancel(run.id, ana);
    await isClosed(bed, store, run.id);
    // as it was before there were records
    await rm(join(bed.dataFolder, 'projects'), { recursive: true });
    await bed.raw.del('marteau:1:records:projects');
    if (isEmptied) await bed.raw.flushall();
    const web = await bed.open({ kind: 'web' });
    const made = await waitUntil('the project', () => web.projects.get(id));
    assert.equal(made.repo, repo);
    await waitUntil('its file', async () =>
      (await readdir(join(bed.dataFolder, 'projects'))).includes(`${id}.json`),
    );
    await bed.reset();
  }
});

test('a damaged record is named on the pages, and keeps no run of the project away', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  await store.projects.make(repo);
  const file = join(bed.dataFolder, 'projects', `${id}.json`);
  await writeFile(file, '{"v":1,"id":');
  await bed.raw.flushall();
  await store.reconcile();
  const { rebuilt } = await store.notices();
  assert.match(
    rebuilt?.unreadable?.join() ?? '',
    new RegExp(`^projects/${id}\\.json does not fit its schema`),
  );
  assert.equal(rebuilt?.skipped, 1);
  await store.runs.submit(submission());
  await assert.rejects(store.projects.get(id), { code: 'record-damaged' });
  assert.equal(await readFile(file, 'utf8'), '{"v":1,"id":');
});
