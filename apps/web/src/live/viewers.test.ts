import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { consoleEvent, submitRun, tickEvent } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';
import { createViewers, type Viewer } from './viewers.ts';

/** A viewer who reads everything at once, or not at all until it is let. */
function viewer(afterId: string | null = null) {
  const stop = new AbortController();
  let text = '';
  let stuck: PromiseWithResolvers<void> | null = null;
  const self: Viewer = {
    afterId,
    signal: stop.signal,
    sink(bytes) {
      text += String(bytes);
      return stuck === null;
    },
    drained: async () => stuck?.promise,
  };
  return {
    self,
    stop: () => stop.abort(),
    lines: () => [...text.matchAll(/"text":"([^"]*)"/g)].map((match) => match[1]),
    seconds: () => [...text.matchAll(/"second":(\d+),.*?"requests":(\d+)/g)].map((m) => `${m[1]}:${m[2]}`),
    ids: () => [...text.matchAll(/^id: (.+)$/gm)].map((match) => match[1]!),
    getStuck() {
      stuck = Promise.withResolvers();
    },
    getFree() {
      stuck?.resolve();
      stuck = null;
    },
  };
}

test('whenever someone comes, and however slowly they read, they see every event once and in order', async () => {
  await using bed = await openTestbed();
  const states: string[] = [];
  const viewers = createViewers(bed.store, (runId) => states.push(runId));
  const run = await submitRun(bed.store);
  await run.prepare();
  const crowd = [viewer()];
  const shown = [viewers.show(run.id, crowd[0]!.self)];
  const expected: string[] = [];
  for (let i = 0; i < 40; i++) {
    expected.push(`line ${i}`);
    await run.say(
      consoleEvent(`line ${i}`),
      ...[0, 1].map((share) => tickEvent(i, { share, of: 2, requests: 5 })),
    );
    if (i % 10 === 3) {
      crowd.push(viewer());
      shown.push(viewers.show(run.id, crowd.at(-1)!.self));
    }
    if (i === 15) crowd[1]!.getStuck();
    if (i === 30) crowd[1]!.getFree();
    if (i % 7 === 0)
      await waitUntil('the first to be there', () => crowd[0]!.lines().length === expected.length);
  }
  await waitUntil('all to have all', () => crowd.every((one) => one.lines().length >= expected.length));
  const ids = crowd[0]!.ids();
  const late = viewer(ids[20]);
  shown.push(viewers.show(run.id, late.self));
  await waitUntil('the one who comes back', () => late.ids().length >= ids.length - 21);
  await bed.store.runs.cancel(run.id, { kind: 'anonymous', id: 'x' });
  await bed.store.ledger.acknowledge({
    stage: 'prepare',
    runId: run.id,
    try: 1,
    node: 'clerk',
    boot: 'clerk-boot',
  });
  assert.deepEqual(
    await Promise.all(shown),
    shown.map(() => true),
  );
  for (const one of crowd) {
    assert.deepEqual(one.lines(), expected);
    assert.deepEqual(
      one.seconds(),
      expected.map((_, i) => `${i}:10`),
    );
    assert.equal(new Set(one.ids()).size, one.ids().length);
  }
  assert.deepEqual(late.ids(), crowd[0]!.ids().slice(21));
  assert.ok(states.includes(run.id));
});

test('who comes to the others misses nothing that comes in that moment', async () => {
  await using bed = await openTestbed();
  const run = await submitRun(bed.store);
  await run.prepare();
  await run.say(consoleEvent('one'));
  const [first, second] = [viewer(), viewer()];
  // A reader that is left takes so long that something comes meanwhile.
  let isSlow = false;
  async function* tail(...args: Parameters<typeof bed.store.events.tail>) {
    try {
      yield* bed.store.events.tail(...args);
    } finally {
      if (isSlow) {
        isSlow = false;
        await run.say(consoleEvent('meanwhile'));
        await waitUntil('the first to see it', () => first.lines().includes('meanwhile'));
      }
    }
  }
  const viewers = createViewers({ ...bed.store, events: { ...bed.store.events, tail } }, () => {});
  const shown = [viewers.show(run.id, first.self)];
  await waitUntil('the first to be there', () => first.lines().length === 1);
  isSlow = true;
  shown.push(viewers.show(run.id, second.self));
  await waitUntil('the second to be there', () => first.lines().includes('meanwhile'));
  await run.say(consoleEvent('last'));
  await waitUntil('both', () => [first, second].every((one) => one.lines().includes('last')));
  for (const one of [first, second]) one.stop();
  await Promise.all(shown);
  for (const one of [first, second]) assert.deepEqual(one.lines(), ['one', 'meanwhile', 'last']);
});

test('who leaves is gone, and the last one takes the reader along', async () => {
  await using bed = await openTestbed();
  const viewers = createViewers(bed.store, () => {});
  const run = await submitRun(bed.store);
  await run.prepare();
  const [a, b] = [viewer(), viewer()];
  const shown = [viewers.show(run.id, a.self), viewers.show(run.id, b.self)];
  await run.say(consoleEvent('one'));
  await waitUntil('both', () => a.lines().length === 1 && b.lines().length === 1);
  a.stop();
  assert.equal(await shown[0], false);
  await run.say(consoleEvent('two'));
  await waitUntil('the other', () => b.lines().length === 2);
  assert.deepEqual(a.lines(), ['one']);
  b.stop();
  assert.equal(await shown[1], false);
  const c = viewer();
  const again = viewers.show(run.id, c.self);
  await waitUntil('a new one', () => c.lines().length === 2);
  c.stop();
  assert.equal(await again, false);
});
