import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bisect, Confirmation } from '@marteau/shared';
import { openStore } from '@marteau/store';
import { createTempFolder, startRedis } from '@marteau/testkit';
import type { Context } from '../context.ts';
import { bisectRound } from './bisect-round.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const project = 'https://git.example.com/shop';
const shas = Array.from({ length: 6 }, (_, n) => String(n).repeat(40));

/** A bisection of five commits, whose comparisons are decided by the test. */
async function openBisect() {
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
  const { id } = await store.runs.submit({
    request: { repo: project, profile: 'smoke' },
    project,
    submitter: { kind: 'api', id: 'api' },
    trigger: 'api',
  });
  const begun: Bisect = {
    v: 1,
    run: id,
    good: 'rgood',
    project,
    base: shas[0]!,
    commits: shas.slice(1).map((sha) => ({ sha, subject: '', author: '' })),
    low: 0,
    high: 4,
    skipped: [],
    direction: null,
    steps: [],
    state: 'running',
    culprit: null,
    sentence: '',
    until: '2099-01-01T00:00:00.000Z',
    startedAt: '2026-12-01T00:00:00.000Z',
    endedAt: null,
  };
  await store.bisects.begin(begun);
  const gate = { job: (work: () => Promise<unknown>) => work() } as unknown as Context['gate'];
  /** Two workers at once. */
  const round = async (now = Date.now()): Promise<Bisect> => {
    const context = { store, gate, now: () => now };
    await Promise.all([bisectRound(context), bisectRound(context)]);
    return (await store.bisects.of(id))!;
  };
  const decide = async (decision: Confirmation['decision']) => {
    const last = (await store.bisects.of(id))!.steps.at(-1)!;
    const check = (await store.confirmations.of(last.run))!;
    await store.confirmations.keep({ ...check, decision, endedAt: begun.startedAt });
  };
  return { store, id, begun, round, decide, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('comparisons follow each other until the commit is found, each once, whoever looks', async () => {
  await using bed = await openBisect();
  const { store, round, decide } = bed;
  let now = await round();
  const seen: string[] = [];
  while (now.state === 'running') {
    const { commit, base, run } = now.steps.at(-1)!;
    const { ref, kind, trigger, confirms, loadOf, profile } = (await store.runs.get(run))!;
    assert.deepEqual(
      [ref, kind, trigger, confirms, loadOf, profile],
      [commit, 'repeat', 'bisect', bed.id, shas[0], 'smoke'],
    );
    assert.deepEqual((await store.confirmations.of(run))?.base, base);
    const again = await round();
    assert.deepEqual(again.steps, now.steps, 'nothing is decided yet');
    seen.push(`${commit[0]}-${base[0]}`);
    await decide(Number(commit[0]) >= 3 && Number(base[0]) < 3 ? 'worse' : 'same');
    now = await round();
  }
  assert.deepEqual(seen, ['5-0', '3-0', '2-0', '3-2']);
  assert.deepEqual([now.state, now.culprit, now.direction], ['found', shas[3], 'worse']);
  assert.match(now.sentence, /^33333333 made it worse\.$/);
  assert.deepEqual(await store.bisects.open(), []);
  // Its own, and one a comparison.
  assert.equal((await store.runs.list({ limit: 50 })).runs.length, 5);
});

test('a commit that does not run is left out; one that was ended stays so; its time is kept', async () => {
  await using bed = await openBisect();
  const { store, round, decide } = bed;
  await round();
  await decide('worse');
  const { steps } = await round();
  await store.runs.cancel(steps.at(-1)!.run, { kind: 'anonymous', id: '' });
  await decide('broken');
  const next = await round();
  assert.deepEqual([next.skipped, next.steps.at(-1)?.commit], [[shas[3]], shas[2]]);
  await decide('same');
  const late = await round(Date.parse(bed.begun.until));
  assert.deepEqual([late.state, late.steps.length], ['undecided', 3]);
  assert.match(late.sentence, /^Its time is over, with 3 commits left/);
  assert.equal(await store.bisects.keep(next), false);
});
