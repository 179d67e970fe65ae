import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gate } from './gate.ts';

const never = new AbortController().signal;

function task() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const state = { begun: false, finish: resolve };
  const work = async () => {
    state.begun = true;
    await promise;
    return 'done';
  };
  return { state, work };
}

test('other work is put off while load is generated', async () => {
  const gate = new Gate();
  const load = task();
  const loading = gate.load(never, load.work);
  assert.equal(await gate.job(async () => 'done'), 'later');
  load.state.finish();
  assert.equal(await loading, 'done');
  assert.equal(await gate.job(async () => 'done'), 'done');
});

test('load waits for the other work at hand, and no new one begins meanwhile', async () => {
  const gate = new Gate();
  const [first, second, load] = [task(), task(), task()];
  const jobs = [gate.job(first.work), gate.job(second.work)];
  const loading = gate.load(never, load.work);
  assert.equal(await gate.job(async () => 'done'), 'later');
  first.state.finish();
  await jobs[0];
  assert.equal(load.state.begun, false);
  second.state.finish();
  await jobs[1];
  load.state.finish();
  assert.equal(await loading, 'done');
});

test('a load that is cancelled while it waits lets other work in again', async () => {
  const gate = new Gate();
  const other = task();
  const atWork = gate.job(other.work);
  const controller = new AbortController();
  const loading = gate.load(controller.signal, async () => {});
  controller.abort(new Error('cancelled'));
  await assert.rejects(loading, /cancelled/);
  assert.equal(await gate.job(async () => 'done'), 'done');
  other.state.finish();
  assert.equal(await atWork, 'done');
});

test('it is told for how long there was nothing to do', async () => {
  let now = 1000;
  const gate = new Gate(() => now);
  now += 500;
  assert.deepEqual([gate.idleMs, gate.isBusy], [500, false]);
  const [job, load] = [task(), task()];
  const working = gate.job(job.work);
  now += 500;
  assert.deepEqual([gate.idleMs, gate.isBusy], [0, true]);
  job.state.finish();
  await working;
  const loading = gate.load(never, load.work);
  now += 500;
  assert.deepEqual([gate.idleMs, gate.isBusy], [0, true]);
  load.state.finish();
  await loading;
  now += 70;
  assert.deepEqual([gate.idleMs, gate.isBusy], [70, false]);
});
