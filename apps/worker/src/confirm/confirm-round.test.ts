import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from '@marteau/shared';
import { openStore, type Store } from '@marteau/store';
import { createTempFolder, startRedis } from '@marteau/testkit';
import type { Context } from '../context.ts';
import { confirmRound } from './confirm-round.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
/** A change that is being confirmed, whose repeats end as the test says. */
async function openConfirmation(check?: { base: string; until: string }) {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const folder = stack.use(await createTempFolder());
  const store = await openStore({
    redisUrl: redis.url,
    dataFolder: folder.path,
    log,
    clientName: 'test',
    kind: 'worker',
  });
  stack.defer(() => store.close());
  // What the runs came to: a whole worker would have to measure something for it.
  const verdicts = new Map<string, Verdict | 'error'>();
  const get = store.runs.get.bind(store.runs);
  store.runs.get = async (id) => {
    const [run, verdict] = [await get(id), verdicts.get(id)];
    if (!run || !verdict) return run;
    return verdict === 'error' ? { ...run, state: 'error' } : { ...run, state: 'finished', verdict };
  };
  const run = async (): Promise<string> => {
    const { id } = await store.runs.submit({
      request: { repo: 'https://git.example.com/shop' },
      project: 'https://git.example.com/shop',
      submitter: { kind: 'api', id: 'api' },
      trigger: 'api',
    });
    return id;
  };
  const [before, after] = [await run(), await run()];
  if (check === undefined) await store.confirmations.begin(after, before);
  else await store.confirmations.beginCheck(after, check);
  const gate = { job: (work: () => Promise<unknown>) => work() } as unknown as Context['gate'];
  const round = async (
    now = Date.now(),
  ): Promise<NonNullable<Awaited<ReturnType<Store['confirmations']['of']>>>> => {
    await confirmRound({ store, gate, now: () => now });
    return (await store.confirmations.of(after))!;
  };
  return { store, after, round, verdicts, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('the pair of an invalid repeat is run again, and a generator that stays the limit ends it', async () => {
  await using bed = await openConfirmation();
  const sides: string[] = [];
  let now = await bed.round();
  for (const verdict of ['invalid', 'pass', 'invalid', 'invalid', 'invalid', 'invalid', 'invalid'] as const) {
    const { side, run } = now.repeats.at(-1)!;
    sides.push(`${side} ${verdict}`);
    bed.verdicts.set(run, verdict);
    now = await bed.round();
    if (now.decision !== 'undecided') break;
  }
  assert.deepEqual(sides.slice(0, 4), ['before invalid', 'before pass', 'after invalid', 'before invalid']);
  assert.deepEqual(
    now.repeats.slice(0, 3).map((repeat) => repeat.void),
    [true, true, true],
  );
  assert.equal(now.decision, 'broken');
  assert.match(now.sentence, /was invalid as others before it/);
});

test('repeats that somebody ended stay ended, also while the next one is being queued', async () => {
  await using bed = await openConfirmation();
  const { store } = bed;
  const going = await bed.round();
  bed.verdicts.set(going.repeats[0]!.run, 'pass');
  const submit = store.runs.submit.bind(store.runs);
  let late = '';
  store.runs.submit = async (submission) => {
    const run = await submit(submission);
    late = run.id;
    await store.confirmations.keep({ ...going, decision: 'broken', endedAt: going.startedAt });
    return run;
  };
  assert.equal((await bed.round()).decision, 'broken');
  assert.equal((await store.runs.get(late))?.state, 'cancelled');
  assert.deepEqual(await store.confirmations.open(), []);
});

const base = 'b'.repeat(40);
const far = '2099-01-01T00:00:00.000Z';

test('the check of a pull request waits for its own run, repeats both commits under the load of the base, and replaces bad pairs twice', async () => {
  await using bed = await openConfirmation({ base, until: far });
  assert.deepEqual((await bed.round()).repeats, [], 'its own run has not ended');
  bed.verdicts.set(bed.after, 'pass');
  let now = await bed.round();
  const sides: string[] = [];
  for (const verdict of ['error', 'pass', 'invalid', 'error', 'error'] as const) {
    const { side, run } = now.repeats.at(-1)!;
    const { ref, loadOf, kind } = (await bed.store.runs.get(run))!;
    assert.deepEqual([ref, loadOf, kind], [side === 'before' ? base : null, base, 'repeat']);
    sides.push(side);
    bed.verdicts.set(run, verdict);
    now = await bed.round();
  }
  assert.deepEqual(sides, ['before', 'before', 'after', 'before', 'before']);
  assert.equal(now.decision, 'inconclusive', now.sentence);
  assert.match(now.sentence, /^Repeat 5 ended in error as others before it/);
});

test('a check ends with its time: none is begun that would not end within it, and one that waits is cancelled', async () => {
  await using late = await openConfirmation({ base, until: '2026-01-01T00:00:00.000Z' });
  late.verdicts.set(late.after, 'pass');
  const ended = await late.round();
  assert.deepEqual([ended.decision, ended.repeats], ['inconclusive', []]);
  assert.match(ended.sentence, /^Not decided within its time/);

  const until = new Date(Date.now() + 60_000).toISOString();
  await using waiting = await openConfirmation({ base, until });
  waiting.verdicts.set(waiting.after, 'pass');
  const { repeats } = await waiting.round();
  const over = await waiting.round(Date.parse(until) + 1);
  assert.equal(over.decision, 'inconclusive');
  assert.equal((await waiting.store.runs.get(repeats[0]!.run))?.state, 'cancelled');
});

test('the check of a run that was cancelled ends with it', async () => {
  await using bed = await openConfirmation({ base, until: far });
  await bed.store.runs.cancel(bed.after, { kind: 'anonymous', id: '' });
  assert.equal((await bed.round()).decision, 'broken');
  assert.deepEqual(await bed.store.confirmations.open(), []);
});
