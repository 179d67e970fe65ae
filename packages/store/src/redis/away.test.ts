import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import {
  ana,
  enterLine,
  finalize,
  joinNode,
  lineEntry,
  openTestbed,
  passed,
  prepare,
  shares,
  stateOf,
  submission,
} from '../fixtures/testbed.ts';

const signal = new AbortController().signal;

/** What a page can wait for: ms. */
const SOON = 2500;

async function failsSoon(
  what: string,
  work: () => Promise<unknown>,
  code = 'store-unavailable',
): Promise<void> {
  const begin = performance.now();
  await assert.rejects(work, { code, status: 503, retry: true }, what);
  const took = performance.now() - begin;
  assert.ok(took <= SOON, `${what} took ${Math.round(took)} ms`);
}

describe('Redis away', () => {
  test('a web is told within 2.5 s, nothing is applied later, and it heals', async () => {
    await using bed = await openTestbed();
    const web = await bed.open({ kind: 'web' });
    const { id } = await web.runs.submit(submission());
    await bed.redis.kill();
    await failsSoon('submit', () => web.runs.submit(submission()));
    await failsSoon('get', () => web.runs.get(id));
    await failsSoon('list', () => web.runs.list({ limit: 10 }));
    await failsSoon('counts', () => web.runs.counts());
    await failsSoon('cancel', () => web.runs.cancel(id, ana));
    await failsSoon('nodes', () => web.nodes.list());
    await failsSoon('places', () => web.ledger.places([id]));
    await failsSoon('append', () =>
      web.events.append(id, [{ type: 'console', at: 0, from: 'git', share: 0, text: 'x' }]),
    );
    await failsSoon('ping', () => web.ping());
    await bed.redis.restart();
    await waitUntil('Redis to be seen', () => web.ping().then(() => true));
    assert.equal((await web.runs.list({ limit: 10 })).runs.length, 1);
    assert.equal((await web.runs.submit(submission())).state, 'queued');
  });

  test('a Redis that hangs is as good as away, and what was asked of it meanwhile is not done later', async () => {
    await using bed = await openTestbed();
    const web = await bed.open({ kind: 'web' });
    bed.redis.pause();
    await failsSoon('submit', () => web.runs.submit(submission()));
    await failsSoon('ping', () => web.ping());
    bed.redis.resume();
    await waitUntil('Redis to answer', () => web.ping().then(() => true));
    assert.equal((await web.runs.counts()).queued, 0);
  });

  test('a store opens without Redis, and closes', async () => {
    await using bed = await openTestbed();
    await bed.redis.kill();
    const web = await bed.open({ kind: 'web' });
    await failsSoon('submit', () => web.runs.submit(submission()));
    const worker = await bed.open();
    const begin = performance.now();
    await Promise.all([web.close(), worker.close()]);
    assert.ok(performance.now() - begin < 5000);
  });

  test('finished runs are read from their folders', async () => {
    await using bed = await openTestbed();
    const web = await bed.open({ kind: 'web' });
    const { id } = await web.runs.submit(submission());
    await web.runs.cancel(id, ana);
    await waitUntil('it to be closed', () => web.folders.of(id).text('run.json'));
    const key = await web.links.sign(id, Date.now());
    await bed.redis.kill();
    assert.equal((await web.runs.get(id))?.state, 'cancelled');
    assert.equal(await web.links.verify(id, key, Date.now()), true);
    const fresh = await bed.open({ kind: 'web' });
    assert.equal(await fresh.links.verify(id, key, Date.now()), true, 'the key is in the data folder');
  });

  test('a worker’s calls wait until Redis is back; SIGKILL loses nothing', async () => {
    await using bed = await openTestbed();
    const worker = await bed.open({ rules: { leaseMs: 8000 } });
    const node = await joinNode(worker, 'n1');
    const id = await enterLine(worker);
    await waitUntil('it to run', async () => (await stateOf(worker, id)) === 'running');
    const [lease] = await shares(worker, id, [node]);
    await worker.ledger.ready(lease!, signal);
    const watch = worker.watch(lease!);

    await bed.redis.kill();
    await bed.redis.restart();
    await waitUntil('Redis to answer', () => worker.ping().then(() => true));
    assert.equal(watch.signal.aborted, false, 'it was away for a moment only');
    watch.close();
    await bed.redis.kill();
    const done = worker.ledger.done(lease!);
    await bed.redis.restart();
    assert.equal(await done, true);
    const finalizer = await finalize(worker, id);
    await bed.redis.kill();
    const ended = worker.runs.end(finalizer, passed);
    await bed.redis.restart();
    assert.equal(await ended, true);
    const run = await worker.runs.get(id);
    assert.equal(run?.state, 'finished');
    assert.equal(run?.timeline.filter(({ state }) => state === 'finished').length, 1);
    assert.equal((await worker.nodes.list())[0]?.runId, null);
  });

  test('while Redis is away, a holder is told in time to stop; nobody is dead before all could speak up', async () => {
    await using bed = await openTestbed();
    const worker = await bed.open();
    const node = await joinNode(worker, 'n1');
    const prepared = await prepare(worker, (await worker.runs.submit(submission())).id);
    const id = await enterLine(worker);
    await waitUntil('it to run', async () => (await stateOf(worker, id)) === 'running');
    const [lease] = await shares(worker, id, [node]);
    const watches = [worker.watch(lease!), worker.watch(prepared)];
    await worker.reconcile();
    bed.redis.pause();
    await waitUntil('the holders to be told', () => watches.every((watch) => watch.signal.aborted));
    assert.deepEqual(
      watches.map((watch) => watch.signal.reason.kind),
      ['store-away', 'store-away'],
    );
    // away for longer than a lease
    const until = Date.now() + 4000;
    await waitUntil('a long time to pass', () => Date.now() > until);
    bed.redis.resume();
    await worker.reconcile();
    await worker.reconcile();
    assert.equal((await worker.nodes.list())[0]?.state === 'dead', false);
    assert.equal((await worker.ledger.attempt(id))?.attempt, 1, 'the slot is not taken away behind its back');
    assert.equal(await worker.ledger.giveBack(lease!, 'Redis was away'), true);
    for (const watch of watches) watch.close();
  });
});

describe('Redis full', () => {
  test('the last tenth of its memory is for what is there already', async () => {
    await using bed = await openTestbed();
    const web = await bed.open({ kind: 'web' });
    const worker = await bed.open();
    const key = { idempotencyKey: 'once' };
    const { id } = await web.runs.submit({ ...submission(), ...key });
    await bed.raw.setrange('ballast', 50_000_000, 'x');
    await bed.raw.config('SET', 'maxmemory', '53mb');
    await waitUntil('it to be seen', async () => {
      await worker.reconcile();
      return bed.raw.exists('marteau:1:full');
    });
    await assert.rejects(web.runs.submit(submission()), { code: 'store-full', status: 503 });
    assert.equal((await web.runs.submit({ ...submission(), ...key })).id, id, 'it is there already');
    const events = await bed.raw.xlen(`marteau:1:events:${id}`);
    await web.events.append(id, [{ type: 'console', at: 0, from: 'git', share: 0, text: 'x' }]);
    assert.equal(await bed.raw.xlen(`marteau:1:events:${id}`), events);
    assert.equal(await worker.ledger.enterLine(await prepare(worker, id), lineEntry()), 'waiting');
    await bed.raw.del('ballast');
    await waitUntil('it to heal', async () => {
      await worker.reconcile();
      return web.runs.submit(submission());
    });
  });

  test('a submission is refused whole; what runs goes to its end; it heals', async () => {
    await using bed = await openTestbed();
    const web = await bed.open({ kind: 'web' });
    const worker = await bed.open();
    const node = await joinNode(worker, 'n1');
    const id = await enterLine(worker);
    await waitUntil('it to run', async () => (await stateOf(worker, id)) === 'running');
    const [lease] = await shares(worker, id, [node]);

    await bed.raw.config('SET', 'maxmemory', '1mb');
    const before = await bed.raw.dbsize();
    const begin = performance.now();
    await assert.rejects(web.runs.submit(submission()), { code: 'store-full', status: 503 });
    assert.ok(performance.now() - begin <= SOON);
    assert.equal((await web.runs.counts()).queued, 0);
    assert.ok((await bed.raw.dbsize()) <= before);
    await assert.rejects(
      web.events.append(id, [{ type: 'console', at: 0, from: 'git', share: 0, text: 'x' }]),
      { code: 'store-full' },
    );
    await assert.rejects(worker.reconcile(), { code: 'store-full' }, 'some of it needs memory');
    const start = await worker.ledger.ready(lease!, signal);
    assert.ok(start.go);
    assert.equal(await worker.ledger.done(lease!), true);
    const { lease: finalizer } = await waitUntil('a finalizer', async () => {
      const begun = await worker.ledger.beginFinalize({ runId: id, try: 1 }, node);
      return begun.lease && begun;
    });
    assert.equal(await worker.runs.end(finalizer!, passed), true);
    assert.equal(await stateOf(web, id), 'finished');
    assert.equal((await worker.nodes.list())[0]?.state, 'idle');

    await bed.raw.config('SET', 'maxmemory', '0');
    const healed = await web.runs.submit(submission());
    assert.equal(await worker.ledger.enterLine(await prepare(worker, healed.id), lineEntry()), 'waiting');
  });
});
