import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Run } from '@marteau/shared';
import { openStore, type Store } from '@marteau/store';
import { createTempFolder, startRedis } from '@marteau/testkit';
import { adminOn } from '../fixtures/admin-on.ts';
import { putRun, runId } from '../fixtures/ended-runs.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe('merging and verifying', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let temp: Awaited<ReturnType<typeof createTempFolder>>;
  let store: Store;
  let here: string;
  let there: string;
  let count = 0;
  const admin = (...argv: string[]) => adminOn({ MARTEAU_DATA: here, REDIS_URL: redis.url }, argv);
  const ids = async () => (await store.runs.list({ limit: 50 })).runs.map(({ id }) => id).toSorted();

  before(async () => {
    temp = await createTempFolder();
  });
  beforeEach(async () => {
    count += 1;
    [here, there] = [join(temp.path, `${count}/here`), join(temp.path, `${count}/there`)];
    redis = await startRedis();
    const kind = 'worker' as const;
    store = await openStore({ redisUrl: redis.url, dataFolder: here, log: silent, clientName: 'test', kind });
    await store.reconcile();
    for (const n of [1, 2, 3]) await putRun(there, n);
  });
  afterEach(async () => {
    await store.close();
    await redis[Symbol.asyncDispose]();
  });
  after(async () => {
    await temp[Symbol.asyncDispose]();
  });

  test('runs of a data folder come into the lists; the same again changes nothing', async () => {
    await mkdir(join(there, 'people'), { recursive: true });
    await writeFile(join(there, 'people/u1.json'), '{}');
    const first = await admin('merge', there);
    assert.match(
      first.said,
      /3 runs added, 0 runs completed, 0 runs were here as they are there, 0 left out/,
    );
    assert.equal(first.code, 0);
    assert.deepEqual(await ids(), [1, 2, 3].map(runId));
    assert.deepEqual(
      (await store.projects.list({ limit: 5 })).projects.map(({ runs }) => runs),
      [3],
    );
    assert.deepEqual(await readdir(join(here, 'people')).catch(() => []), [], 'nobody gets rights by it');
    const written = await stat(join(here, 'runs', runId(1), 'run.json'));
    const again = await admin('merge', there);
    assert.match(
      again.said,
      /0 runs added, 0 runs completed, 3 runs were here as they are there, 0 left out/,
    );
    assert.equal((await stat(join(here, 'runs', runId(1), 'run.json'))).mtimeMs, written.mtimeMs);
  });

  test('gaps are closed and nothing is written over; other runs of an id and damaged ones are left out', async () => {
    await admin('merge', there);
    const own = (n: number, name: string) => join(here, 'runs', runId(n), name);
    await rm(own(1, 'report.html'));
    await writeFile(own(1, 'console.log'), 'of here');
    await putRun(here, 4, { project: 'https://git.example.com/other' });
    await putRun(there, 4);
    await putRun(there, 5);
    await writeFile(join(there, 'runs', runId(5), 'run.json'), '{"v":2}');
    await putRun(there, 6);
    await mkdir(own(6, ''), { recursive: true });
    await writeFile(own(6, 'report.html'), 'merged before a kill');
    const { code, said } = await admin('merge', there);
    assert.equal(code, 1);
    assert.match(said, /Run r\S+ is another one here: of https:\/\/git\.example\.com\/other/);
    assert.match(said, /run\.json of run r\S+ does not fit its schema.*is left out/);
    assert.match(said, /1 run added, 1 run completed, 2 runs were here as they are there, 2 left out/);
    assert.match(await readFile(own(1, 'report.html'), 'utf8'), /report of 1/);
    assert.equal(await readFile(own(1, 'console.log'), 'utf8'), 'of here');
    assert.equal(await readFile(own(6, 'report.html'), 'utf8'), 'merged before a kill');
    assert.equal((await store.runs.get(runId(6)))?.verdict, 'pass');
  });

  test('a back-up is merged as far as it is whole, also where nobody runs', async () => {
    const place = join(temp.path, `${count}/back-up`);
    const backup = await adminOn({ MARTEAU_DATA: there }, ['backup', place]);
    assert.equal(backup.code, 0, backup.said);
    const nowhere = { MARTEAU_DATA: join(temp.path, `${count}/else`), REDIS_URL: 'redis://127.0.0.1:1' };
    const alone = await adminOn(nowhere, ['merge', place]);
    assert.match(alone.said, /3 runs added.*\nRedis does not answer, so/);
    assert.equal((await admin('merge', place)).code, 0);
    assert.deepEqual(await ids(), [1, 2, 3].map(runId));
    assert.match((await admin('verify', place)).said, /^The back-up \S+ is whole\.$/);

    await putRun(there, 7);
    await adminOn({ MARTEAU_DATA: there }, ['backup', place]);
    const packs = (await readdir(place)).filter((name) => name.endsWith('.tar.gz')).sort();
    await writeFile(join(place, packs[1]!), 'not an archive');
    const broken = await admin('verify', place);
    assert.equal(broken.code, 1);
    assert.match(broken.said, /^The back-up \S+ is whole\.\nThe archive \S+ .*is damaged/);
    const part = await admin('merge', place);
    assert.equal(part.code, 1);
    assert.match(part.said, /The archive .* is damaged.*\n.*of run r\S+ is gone from the back-up/);
    assert.deepEqual(await ids(), [1, 2, 3].map(runId));
  });

  test('what is neither is refused, and so is oneself', async () => {
    assert.match((await admin('merge', temp.path)).said, /has neither runs of a Marteau nor a back-up/);
    await admin('merge', there);
    assert.match((await admin('merge', here)).said, /is what this Marteau keeps its runs in/);
  });

  test('folders and lists are compared, and mended', async () => {
    await admin('merge', there);
    assert.match((await admin('verify')).said, /^3 runs looked at in .*: 0 wrong, 0 mended\.$/);
    const file = (n: number, name: string) => join(here, 'runs', runId(n), name);
    await putRun(here, 8);
    await rm(file(1, 'run.json'));
    await writeFile(file(2, 'run.json'), '{"v":2,');
    const changed = JSON.parse(await readFile(file(3, 'run.json'), 'utf8')) as Run;
    await writeFile(file(3, 'run.json'), JSON.stringify({ ...changed, state: 'cancelled' }));
    await rm(file(8, 'results.json'));
    const looked = await admin('verify');
    assert.equal(looked.code, 1);
    for (const sentence of [
      /Run r\S+ has no run\.json in its folder/,
      /run\.json of run r\S+ .*schema|run\.json of run r\S+ does not/,
      /Run r\S+ is in the list of those that are finished, and cancelled in its folder/,
      /Run r\S+ is in its folder and in no list/,
      /Run r\S+ has lost its results\.json.*merge/,
      /: 5 wrong, 0 mended/,
    ])
      assert.match(looked.said, sentence);
    assert.match((await admin('verify', '--repair')).said, /: 3 wrong, 2 mended/);
    assert.equal((await store.runs.get(runId(3)))?.state, 'cancelled');
    assert.deepEqual(
      (await store.runs.list({ limit: 9, state: 'cancelled' })).runs.map(({ id }) => id),
      [runId(3)],
    );
    await admin('merge', there);
    await rm(join(here, 'runs', runId(2)), { recursive: true });
    assert.match((await admin('verify')).said, /Run r\S+ is in the lists and has no folder/);
    await admin('verify', '--repair');
    assert.match((await admin('verify')).said, /: 1 wrong, 0 mended/);
  });
});
