import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { describeLedger } from '../fixtures/describe-ledger.ts';
import {
  ana,
  ben,
  complete,
  enterLine,
  isClosed,
  isRunning,
  joinNode,
  lineEntry,
  mailTo,
  openTestbed,
  passed,
  prepare,
  submission,
  type Testbed,
} from '../fixtures/testbed.ts';
import { type LineEntry, type Outcome, type Store, WORK_FOLDER } from '../index.ts';

/** A run on a node of its own, from its submission to its end. */
async function completed(store: Store, outcome: Outcome, entry: Partial<LineEntry> = {}): Promise<string> {
  const node = await joinNode(store, 'n1');
  const id = await enterLine(store, entry);
  await isRunning(store, id);
  await complete(store, id, [node], outcome);
  return id;
}

describeLedger('runs', { kind: 'web' }, (test) => {
  test('a submission is a run with all that it says, and a job', async ({ bed, store }) => {
    const request = {
      repo: 'https://git.example.com/x',
      ref: 'main',
      profile: 'smoke',
      overrides: { duration: '5s' },
    };
    const run = await store.runs.submit(submission({ request, trigger: 'api' }));
    assert.match(run.id, /^r[0-9a-z]{18}$/);
    assert.deepEqual(
      [run.state, run.ref, run.email, run.profile, run.overrides, run.trigger, run.nodes],
      ['queued', 'main', null, 'smoke', { duration: '5s' }, 'api', 1],
    );
    assert.deepEqual(await store.runs.get(run.id), run);
    await waitUntil('the job to be added', () =>
      bed.raw.exists(`marteau:1:bullmq:prepare:prepare-${run.id}-1`),
    );
    await waitUntil('it to be ticked off', async () => (await bed.raw.zcard('marteau:1:owed')) === 0);
  });

  test('an empty field counts as not given', async ({ store }) => {
    const run = await store.runs.submit(
      submission({ request: { repo: 'https://x.example/y', ref: '', email: '' } }),
    );
    assert.deepEqual([run.ref, run.email], [null, null]);
  });

  test('the same Idempotency-Key gives the same run; with another request it is refused', async ({
    store,
  }) => {
    const asked = submission({ idempotencyKey: 'k1' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => store.runs.submit(asked)));
    assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
    assert.equal((await store.runs.counts()).queued, 1);
    const other = submission({ idempotencyKey: 'k1', request: { repo: 'https://git.example.com/other' } });
    await assert.rejects(store.runs.submit(other), { code: 'idempotency-conflict', status: 409 });
  });

  test('a submitter that died before adding the job: a worker adds it', async ({ bed, store }) => {
    const { id } = await store.runs.submit(submission());
    await waitUntil('it to be paid', async () => (await bed.raw.zcard('marteau:1:owed')) === 0);
    const job = JSON.stringify({
      queue: 'prepare',
      name: 'prepare',
      id: `prepare-${id}-1`,
      data: { runId: id, try: 1 },
    });
    await bed.raw.del(...(await bed.raw.keys('marteau:1:bullmq:*')));
    await bed.raw.zadd('marteau:1:owed', 0, job);
    await store.reconcile();
    assert.equal(await bed.raw.exists(`marteau:1:bullmq:prepare:prepare-${id}-1`), 1);
  });

  test('a run that has no job although it should is found by the round of safety', async ({ bed, store }) => {
    const { id } = await store.runs.submit(submission());
    await waitUntil('it to be paid', async () => (await bed.raw.zcard('marteau:1:owed')) === 0);
    await bed.raw.del(...(await bed.raw.keys('marteau:1:bullmq:*')), 'marteau:1:turn:safety');
    await store.reconcile();
    await store.reconcile();
    assert.equal(await bed.raw.exists(`marteau:1:bullmq:prepare:prepare-${id}-1`), 1);
  });

  test('phases are shown, and end with their state', async ({ store }) => {
    const { id } = await store.runs.submit(submission());
    const lease = await prepare(store, id);
    const phase = { name: 'cloning', progress: 0.5, detail: '' };
    assert.equal(await store.runs.setPhase(lease, phase), true);
    assert.deepEqual((await store.runs.get(id))?.phase, phase);
    await store.ledger.enterLine(lease, lineEntry());
    assert.equal((await store.runs.get(id))?.phase, null);
    assert.equal(await store.runs.setPhase(lease, phase), false);
  });

  test('run again: the same request, another run', async ({ store }) => {
    const request = {
      repo: 'https://git.example.com/x',
      ref: 'main',
      email: 'ana@example.com',
      overrides: { cycles: '5' },
    };
    const first = await store.runs.submit(submission({ request }));
    const again = await store.runs.rerun(first.id, { submitter: ben });
    assert.notEqual(again.id, first.id);
    assert.deepEqual(
      [again.repo, again.ref, again.email, again.overrides, again.submitter, again.trigger],
      [first.repo, 'main', 'ana@example.com', { cycles: '5' }, ben, 'rerun'],
    );
    await assert.rejects(store.runs.rerun('r0000000000000000xx', { submitter: ana }), { code: 'not-found' });
  });

  test('deleting: only what has ended, and then nothing is left', async ({ bed, store }) => {
    const live = await store.runs.submit(submission());
    await assert.rejects(store.runs.remove(live.id), { code: 'wrong-state' });
    await store.runs.cancel(live.id, ana);
    await isClosed(bed, store, live.id);
    await store.runs.remove(live.id);
    assert.equal(await store.runs.get(live.id), null);
    assert.deepEqual(await store.folders.list(), []);
    await assert.rejects(store.runs.remove(live.id), { code: 'not-found' });
    const left = (await bed.raw.keys('*')).filter((key) => key.includes(live.id) && !key.includes('bullmq'));
    assert.deepEqual(left, []);
  });

  test('an ended run is whole in its folder, and in Redis is no more than that it is there', async ({
    bed,
    store,
  }) => {
    const long = 'x'.repeat(3000);
    const id = await completed(
      store,
      { ...passed, verdict: 'fail', reason: `p95 was too high: ${long}` },
      { recipients: mailTo(...Array.from({ length: 5 }, (_, i) => `person${i}@example.com`)) },
    );
    await store.folders.of(id).put(`${WORK_FOLDER}/share-1-0.json`, '{}');
    const before = await store.runs.get(id);
    await isClosed(bed, store, id);
    assert.equal(await bed.raw.exists(`marteau:1:run:${id}`), 0);
    assert.deepEqual(await store.runs.get(id), before);
    assert.deepEqual((await store.runs.list({ limit: 1 })).runs, [before]);
    const files = (await store.folders.of(id).list()).map(({ name }) => name);
    assert.deepEqual(files, ['events.ndjson', 'run.json']);
    assert.ok((await bed.raw.pttl(`marteau:1:events:${id}`)) < 3_600_000);
  });

  test('an ended run costs at most 300 bytes of Redis, indexes included', async ({ bed, store }, t) => {
    const memory = async () => Number(/used_memory:(\d+)/.exec(await bed.raw.info('memory'))?.[1]);
    const spark = Array.from({ length: 40 }, (_, i) => 1234.5 + i);
    const template = await completed(store, { ...passed, summary: { ...passed.summary!, spark } });
    await isClosed(bed, store, template);
    const record = await store.runs.get(template);
    await Promise.all((await store.folders.list()).map((id) => store.folders.remove(id)));
    await bed.raw.flushall();
    const count = 2000;
    const ids: string[] = [];
    for (let i = 0; i < count; i++) ids.push(`r${String(i).padStart(18, '0')}`);
    await store.rebuild();
    const before = await memory();
    for (const id of ids) {
      await store.folders.of(id).put('run.json', JSON.stringify({ ...record, id }));
    }
    assert.equal(await store.rebuild(), count);
    const each = ((await memory()) - before) / count;
    for (const id of ids) await store.folders.remove(id);
    t.diagnostic(`${Math.round(each)} bytes a run`);
    assert.ok(each <= 300, `${Math.round(each)} bytes a run`);
  });

  test('changes of all runs are told', async ({ bed, store }) => {
    const end = new AbortController();
    const seen: string[] = [];
    const listening = (async () => {
      for await (const { state } of store.runs.changes(end.signal)) seen.push(state);
    })();
    await waitUntil(
      'the subscription',
      async () => ((await bed.raw.pubsub('NUMSUB', 'marteau:1:changes')) as unknown[])[1],
    );
    const { id } = await store.runs.submit(submission());
    await store.runs.cancel(id, ana);
    await isClosed(bed, store, id);
    await store.runs.remove(id);
    await waitUntil('all changes', () => seen.at(-1) === 'deleted');
    assert.deepEqual(new Set(seen), new Set(['queued', 'cancelled', 'closed', 'deleted']));
    end.abort();
    await listening;
  });

  test('an unknown or odd id is nobody’s', async ({ store }) => {
    for (const id of ['', 'r0', '../../etc/passwd', 'r0000000000000000xx', '*'])
      assert.equal(await store.runs.get(id), null);
  });
});

describe('lists of runs', () => {
  let bed: Testbed;
  let store: Store;
  const projects = ['https://git.example.com/a', 'https://git.example.com/b', 'https://git.example.com/c'];
  before(async () => {
    bed = await openTestbed();
    store = await bed.open();
    for (let i = 0; i < 3_000; i += 500)
      await Promise.all(
        Array.from({ length: 500 }, (_, j) =>
          store.runs.submit(submission({ project: projects[(i + j) % 3]! })),
        ),
      );
    const { runs } = await store.runs.list({ limit: 90 });
    await Promise.all(runs.map(({ id }) => store.runs.cancel(id, ana)));
  });
  after(() => bed[Symbol.asyncDispose]());

  async function all(query: Omit<Parameters<Store['runs']['list']>[0], 'limit' | 'cursor'>, limit: number) {
    const ids: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await store.runs.list({ ...query, limit, cursor });
      ids.push(...page.runs.map(({ id }) => id));
      cursor = page.cursor;
      if (cursor === null) return ids;
    }
  }

  test('every run is on one page, newest first', async () => {
    const ids = await all({}, 200);
    assert.equal(ids.length, 3_000);
    assert.equal(new Set(ids).size, 3_000);
    assert.deepEqual(ids, [...ids].sort().reverse());
  });

  test('by state, by several states, by project, by both', async () => {
    assert.deepEqual(await store.runs.counts(), {
      queued: 2910,
      preparing: 0,
      waiting: 0,
      running: 0,
      reporting: 0,
      finished: 0,
      cancelling: 0,
      cancelled: 90,
      error: 0,
    });
    assert.equal((await all({ state: 'cancelled' }, 40)).length, 90);
    const both = await all({ state: ['cancelled', 'queued'] }, 200);
    assert.deepEqual(both, await all({}, 200));
    const a = await all({ project: projects[0]! }, 200);
    assert.ok(Math.abs(a.length - 1000) <= 1);
    const cancelled = await all({ project: projects[0]!, state: 'cancelled' }, 10);
    assert.deepEqual(
      cancelled,
      (await all({ state: 'cancelled' }, 100)).filter((id) => a.includes(id)),
    );
  });

  test('a page of any list asks Redis for that page alone', async () => {
    const calls = async () => {
      const stats = await bed.raw.info('commandstats');
      return [...stats.matchAll(/cmdstat_(\w+):calls=(\d+)/g)]
        .filter(([, name]) => name !== 'info')
        .reduce((sum, [, , n]) => sum + Number(n), 0);
    };
    const before = await calls();
    await store.runs.list({ limit: 20 });
    await store.runs.list({ limit: 20, state: 'queued' });
    await store.runs.list({ limit: 20, project: projects[1]! });
    assert.ok((await calls()) - before < 400, `${(await calls()) - before} commands`);
  });

  test('projects with their last run, the most recently used first', async () => {
    const first = await store.projects.list({ limit: 2 });
    assert.equal(first.projects.length, 2);
    const rest = await store.projects.list({ limit: 2, cursor: first.cursor });
    assert.equal(rest.cursor, null);
    const found = [...first.projects, ...rest.projects];
    assert.deepEqual(found.map(({ project }) => project).sort(), projects);
    assert.equal(
      found.reduce((sum, { runs }) => sum + runs, 0),
      3_000,
    );
    for (const { project, last } of found) assert.equal(last?.project, project);
  });

  test('a cursor that is none begins at the begin', async () => {
    const { runs } = await store.runs.list({ limit: 1, cursor: "'; DROP" });
    assert.equal(runs.length, 1);
  });
});
