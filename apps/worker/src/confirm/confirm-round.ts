import { confirm, type Pair, renderReport, summarise, withConfirmation } from '@marteau/report';
import { type Results, readResults } from '@marteau/report/schema';
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

type Confirming = Pick<Context, 'store' | 'gate' | 'now'>;

/**
 * One look at every change that is being confirmed: once its last repeat has ended, judges what is there, and queues
 * the next repeat or says what was decided. One repeat at a time, because two of them side by side would disturb each
 * other. May be called by all workers at once: each step comes out the same, whoever does it.
 */
export async function confirmRound(context: Confirming): Promise<void> {
  for (const confirmation of await context.store.confirmations.open()) {
    const last = confirmation.repeats.at(-1);
    const run = last ? await context.store.runs.get(last.run) : null;
    if (run === null || hasEnded(run.state)) await context.gate.job(() => advance(context, confirmation));
  }
}

async function advance({ store, now }: Confirming, open: Confirmation): Promise<void> {
  const confirmation = await withoutInvalid(store, open);
  const { repeats, run } = confirmation;
  const end = async (what: Pick<Confirmation, 'decision' | 'sentence'>): Promise<void> => {
    const ended = { ...confirmation, ...what, endedAt: new Date(now()).toISOString() };
    await report(store, ended);
    await store.confirmations.keep(ended);
  };
  const why = await unusable(store, repeats);
  if (why !== null) return end({ decision: 'broken', sentence: why });
  const counted = countedRepeats(confirmation);
  const said = confirm(await pairsOf(store, counted));
  if (said !== null && said.decision !== 'undecided') return end(said);
  if (said === null && counted.length > 1) {
    return end({
      decision: 'broken',
      sentence: 'The repeats have no load in common, so nothing is decided.',
    });
  }
  const side = nextSide(counted);
  const [later, of] = await Promise.all([
    wholeRun(store, run),
    wholeRun(store, side === 'after' ? run : confirmation.baseline),
  ]);
  if (later === null || of === null) {
    return end({ decision: 'broken', sentence: 'A run that was to be repeated has been deleted meanwhile.' });
  }
  try {
    const next = await store.runs.submit(repeatRequest(of, confirmation, later));
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

/** So many pairs are run again; a generator that is the limit more often than that is none to measure with. */
const MOST_VOID = 3;

/** The same, with the last pair set aside where the last repeat was invalid: both of the pair are run again. */
async function withoutInvalid(store: Store, confirmation: Confirmation): Promise<Confirmation> {
  const { repeats } = confirmation;
  const last = repeats.at(-1);
  const counted = countedRepeats(confirmation);
  if (last === undefined || last.void || (await store.runs.get(last.run))?.verdict !== 'invalid')
    return confirmation;
  const earlier = repeats.filter((repeat) => repeat.void).length / 2;
  if (earlier >= MOST_VOID) return confirmation;
  const pair = new Set(counted.slice(counted.length - (counted.length % 2 === 0 ? 2 : 1)));
  return {
    ...confirmation,
    repeats: repeats.map((repeat) => (pair.has(repeat) ? { ...repeat, void: true } : repeat)),
  };
}

/** Why the last repeat cannot be counted; null when it can, or is run again. */
async function unusable(store: Store, repeats: Confirmation['repeats']): Promise<string | null> {
  const last = repeats.at(-1);
  if (last === undefined || last.void) return null;
  const run = await store.runs.get(last.run);
  if (run === null) return `Repeat ${repeats.length} was deleted, so nothing is decided.`;
  if (run.state === 'cancelled') return `Repeat ${repeats.length} was cancelled, so nothing is decided.`;
  if (run.state === 'error')
    return `Repeat ${repeats.length} ended in error, so nothing is decided: ${run.reason}`;
  if (run.verdict === 'invalid')
    return `Repeat ${repeats.length} was invalid as others before it, so nothing is decided: ${run.reason}`;
  return null;
}

/** The repeats that have ended, two by two. */
async function pairsOf(store: Store, repeats: Confirmation['repeats']): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i + 1 < repeats.length; i += 2) {
    const pair = repeats.slice(i, i + 2);
    const [before, after] = await Promise.all(
      (['before', 'after'] as const).map((side) =>
        resultsOf(store, pair.find((one) => one.side === side)!.run),
      ),
    );
    if (before && after) pairs.push({ before, after });
  }
  return pairs;
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

async function resultsOf(store: Store, id: string): Promise<Results | null> {
  const text = await store.folders.of(id).text('results.json');
  return text === null ? null : readResults(text);
}

/** What the index keeps of an ended run may be cut; its folder has all of it. */
async function wholeRun(store: Store, id: string): Promise<Run | null> {
  const text = await store.folders.of(id).text('run.json');
  return (text === null ? null : readRunRecord(text, id)) ?? store.runs.get(id);
}
