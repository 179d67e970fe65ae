import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { clerk, lineEntry, openTestbed, stateOf, submission } from '../fixtures/testbed.ts';
import type { PrepareJob } from './jobs.ts';

test('a queue’s work is done, with what the producer said', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const seen: PrepareJob[] = [];
  const work = store.work('prepare', async (job) => {
    seen.push(job);
    return 'done';
  });
  const { id } = await store.runs.submit(submission());
  await waitUntil('the job', () => seen.length === 1);
  assert.deepEqual(seen, [{ runId: id, try: 1 }]);
  await waitUntil(
    'nothing to be left of it',
    async () => (await bed.raw.exists(`marteau:1:bullmq:prepare:prepare-${id}-1`)) === 0,
  );
  await work.close(1000);
});

test('a handler that throws is asked again, and one that says later too', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  let count = 0;
  const work = store.work('prepare', async () => {
    count++;
    if (count === 1) throw new Error('once');
    return count === 2 ? 'later' : 'done';
  });
  await store.runs.submit(submission());
  await waitUntil('the third time', () => count === 3);
  await work.close(1000);
});

test('a paused work takes nothing until it is resumed; closing waits for what it does, but not for ever', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  let running = 0;
  let finish = (): void => {};
  const work = store.work('prepare', async () => {
    running++;
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    running--;
    return 'done';
  });
  await work.pause();
  await store.runs.submit(submission());
  await waitUntil('the job to wait', async () => (await bed.raw.llen('marteau:1:bullmq:prepare:wait')) === 1);
  assert.equal(running, 0);
  work.resume();
  await waitUntil('it to run', () => running === 1);
  let closed = false;
  const closing = work.close(30_000).then(() => {
    closed = true;
  });
  await store.ping();
  assert.equal(closed, false);
  finish();
  await closing;
  assert.equal(running, 0);

  const stubborn = store.work('prepare', async () => {
    running++;
    return new Promise(() => {});
  });
  await store.runs.submit(submission());
  await waitUntil('it to run', () => running === 1);
  await stubborn.close(50);
});

const preparer = join(import.meta.dirname, '../fixtures/preparer.ts');

async function startPreparer(
  redisUrl: string,
  dataFolder: string,
): Promise<{ child: ChildProcess; begun: Promise<string> }> {
  const child = spawn(process.execPath, [preparer, redisUrl, dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const begun = once(createInterface(child.stdout!), 'line').then(([line]) => String(line));
  return { child, begun };
}

test('SIGKILL of a preparer: another takes over, and the job that BullMQ delivers again is stale', async () => {
  await using bed = await openTestbed();
  const store = await bed.open();
  const { id } = await store.runs.submit(submission());
  const { child, begun } = await startPreparer(bed.redis.url, bed.dataFolder);
  assert.equal(await begun, `${id} 1`);
  child.kill('SIGKILL');
  await once(child, 'exit');

  const answers: string[] = [];
  const work = store.work('prepare', async (job) => {
    const { lease, ...rest } = await store.ledger.beginPrepare(job, clerk);
    answers.push(`${job.try} ${lease ? 'begun' : 'answer' in rest && rest.answer}`);
    if (!lease) return 'stale';
    await store.ledger.enterLine(lease, lineEntry());
    return 'done';
  });
  await waitUntil('the second preparer', async () => {
    await store.reconcile();
    return (await stateOf(store, id)) === 'waiting';
  });
  await waitUntil('the old job to be delivered again', () => answers.length === 2, { deadlineMs: 60_000 });
  assert.deepEqual(answers, ['2 begun', '1 stale']);
  await work.close(1000);
});
