import { checkPull, confirm, renderReport, summarise, withConfirmation } from '@marteau/report';
import {
  type Confirmation,
  countedRepeats,
  hasEnded,
  isMarteauError,
  type Run,
  readRunRecord,
} from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { Context } from '../context.ts';
import { nextSide, repeatRequest } from './repeat-request.ts';
import { badRepeat, nodesOf, pairsOf, resultsOf } from './repeats.ts';

type Confirming = Pick<Context, 'store' | 'gate' | 'now'>;
type Ending = Pick<Confirmation, 'decision' | 'sentence'> & Partial<Confirmation>;

/**
 * One look at every change that is being confirmed: once its last repeat has ended, judges what is there, and queues
 * the next repeat or says what was decided. One repeat at a time, because two of them side by side would disturb each
 * other. May be called by all workers at once: each step comes out the same, whoever does it.
 */
export async function confirmRound(context: Confirming): Promise<void> {
  const { store, gate, now } = context;
  for (const confirmation of await store.confirmations.open()) {
    const last = confirmation.repeats.at(-1);
    const run = last ? await store.runs.get(last.run) : null;
    if (run === null || hasEnded(run.state)) await gate.job(() => advance(context, confirmation));
    else if (now() > untilOf(confirmation)) await gate.job(() => overdue(context, confirmation, run));
  }
}

async function advance(context: Confirming, open: Confirmation): Promise<void> {
  const { store } = context;
  const { run } = open;
  const end = (what: Ending) => endWith(context, { ...confirmation, ...what });
  let confirmation = open;
  const [later, baseline] = await Promise.all([wholeRun(store, run), wholeRun(store, open.baseline)]);
  if (later === null || baseline === null) {
    return end({ decision: 'broken', sentence: 'A run that was to be repeated has been deleted meanwhile.' });
  }
  if (open.base !== undefined && later.verdict === null) {
    // It is begun before the head's own run ends, so that nothing comes in between.
    if (!hasEnded(later.state)) return;
    return end({ decision: 'broken', sentence: 'The run of the head did not come to its end.' });
  }
  confirmation = await withoutBad(store, open);
  const { repeats } = confirmation;
  const why = await unusable(store, confirmation);
  if (why !== null) return end(why);
  const counted = countedRepeats(confirmation);
  const pairs = await pairsOf(store, counted);
  const said = open.base === undefined ? confirm(pairs) : checkPull(pairs);
  if (said !== null && said.decision !== 'undecided') return end(said);
  if (said === null && counted.length > 1) {
    return end({
      decision: 'broken',
      sentence: 'The repeats have no load in common, so nothing is decided.',
    });
  }
  const side = nextSide(counted);
  const left = untilOf(open) - context.now();
  const needed = (counted.length % 2 === 0 ? 2 : 1) * (await lengthOf(store, later, counted));
  if (needed > left) return end({ ...said, ...outOfTime(said?.sentence ?? null) });
  try {
    const of = side === 'after' ? later : baseline;
    const onNodes = await nodesOf(store, counted[0]?.run);
    const next = await store.runs.submit(repeatRequest(of, confirmation, { by: later, side, onNodes }));
    const goesOn = await store.confirmations.keep({
      ...confirmation,
      ...said,
      repeats: [...repeats, { side, run: next.id }],
    });
    if (!goesOn) await store.runs.cancel(next.id, { kind: 'anonymous', id: '' });
  } catch (error) {
    if (!isMarteauError(error) || error.retry) throw error;
    await end({ decision: 'broken', sentence: `A repeat could not be queued: ${error.message}` });
  }
}

async function endWith({ store, now }: Confirming, ending: Confirmation): Promise<void> {
  const ended = { ...ending, endedAt: new Date(now()).toISOString() };
  await report(store, ended);
  await store.confirmations.keep(ended);
}

/** Ms since 1970; for ever where nobody set a time. */
function untilOf({ until }: Confirmation): number {
  return until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
}

function outOfTime(said: string | null): Ending {
  const so = said === null ? '' : ` ${said}`;
  return { decision: 'inconclusive', sentence: `Not decided within its time.${so}` };
}

/** The time is over while a repeat waits or runs. */
async function overdue(context: Confirming, confirmation: Confirmation, { id }: Run): Promise<void> {
  const said = confirmation.pairs > 0 ? confirmation.sentence : null;
  await endWith(context, { ...confirmation, ...outOfTime(said) });
  await context.store.runs.cancel(id, { kind: 'anonymous', id: '' }).catch((error: unknown) => {
    if (!isMarteauError(error, 'wrong-state') && !isMarteauError(error, 'not-found')) throw error;
  });
}

/** How long a repeat takes, by those that ended, or by the run that is repeated, ms. */
async function lengthOf(store: Store, later: Run, counted: Confirmation['repeats']): Promise<number> {
  const runs = await Promise.all(counted.map(({ run }) => store.runs.get(run)));
  const took = [...runs, later].map((run) =>
    run?.startedAt && run.endedAt ? Date.parse(run.endedAt) - Date.parse(run.startedAt) : null,
  );
  return took.find((ms) => ms !== null) ?? 0;
}

/** So many pairs are run again; a generator that is the limit more often than that is none to measure with. */
const MOST_VOID = 3;
const MOST_VOID_OF_CHECK = 2;

/** The same, with the last pair set aside where the last repeat was bad: both of the pair are run again. */
async function withoutBad(store: Store, confirmation: Confirmation): Promise<Confirmation> {
  const { repeats, base } = confirmation;
  const last = repeats.at(-1);
  if (last === undefined || last.void || (await badRepeat(store, confirmation)) === null) return confirmation;
  const counted = countedRepeats(confirmation);
  const earlier = repeats.filter((repeat) => repeat.void).length / 2;
  if (earlier >= (base === undefined ? MOST_VOID : MOST_VOID_OF_CHECK)) return confirmation;
  const pair = new Set(counted.slice(counted.length - (counted.length % 2 === 0 ? 2 : 1)));
  return {
    ...confirmation,
    repeats: repeats.map((repeat) => (pair.has(repeat) ? { ...repeat, void: true } : repeat)),
  };
}

/** How it ends where the last repeat cannot be counted; null when it can, or is run again. */
async function unusable(store: Store, confirmation: Confirmation): Promise<Ending | null> {
  const { repeats, base } = confirmation;
  const last = repeats.at(-1);
  if (last === undefined || last.void) return null;
  const run = await store.runs.get(last.run);
  const broken = (sentence: string): Ending => ({ decision: 'broken', sentence });
  if (run === null) return broken(`Repeat ${repeats.length} was deleted, so nothing is decided.`);
  if (run.state === 'cancelled')
    return broken(`Repeat ${repeats.length} was cancelled, so nothing is decided.`);
  const bad = await badRepeat(store, confirmation);
  if (bad !== null) {
    const sentence = `Repeat ${repeats.length} ${bad} as others before it, so nothing is decided${run.reason ? `: ${run.reason}` : '.'}`;
    return { decision: base === undefined ? 'broken' : 'inconclusive', sentence };
  }
  if (run.state === 'error')
    return broken(`Repeat ${repeats.length} ended in error, so nothing is decided: ${run.reason}`);
  return null;
}

/** What was decided goes into the report of the run that it was asked for. */
async function report(store: Store, confirmation: Confirmation): Promise<void> {
  const folder = store.folders.of(confirmation.run);
  const results = await resultsOf(store, confirmation.run);
  if (results === null) return;
  const told = withConfirmation(results, confirmation);
  await folder.put('results.json', JSON.stringify(told));
  await folder.put('report.html', renderReport(told));
  const summary = summarise(told);
  if (summary !== null) await store.runs.resummarise(confirmation.run, summary);
}

/** What the index keeps of an ended run may be cut; its folder has all of it. */
async function wholeRun(store: Store, id: string): Promise<Run | null> {
  const text = await store.folders.of(id).text('run.json');
  return (text === null ? null : readRunRecord(text, id)) ?? store.runs.get(id);
}
