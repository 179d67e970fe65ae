import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from '@marteau/shared';
import { openStore, type Store } from '@marteau/store';
import { createTempFolder, startRedis } from '@marteau/testkit';
import type { Context } from '../context.ts';
import { confirmRound } from './confirm-round.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
/** A change that is being confirmed, whose repeats end as the test says. */
async function openConfirmation() {
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
  const verdicts = new Map<string, Verdict>();
  const get = store.runs.get.bind(store.runs);
  store.runs.get = async (id) => {
    const [run, verdict] = [await get(id), verdicts.get(id)];
    return run && verdict ? { ...run, state: 'finished', verdict } : run;
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
  await store.confirmations.begin(after, before);
  const gate = { job: (work: () => Promise<unknown>) => work() } as unknown as Context['gate'];
  const round = async (): Promise<NonNullable<Awaited<ReturnType<Store['confirmations']['of']>>>> => {
    await confirmRound({ store, gate, now: Date.now });
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
