import type { ResolvedFile } from '@marteau/file';
import type { Threshold } from '@marteau/measure';
import { confirmable } from '@marteau/report';
import { type Comparison, type Results, readResults } from '@marteau/report/schema';
import { hasEnded, isMarteauError, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';
import { createMemory } from './memory.ts';

/** What a run's page tells beside the record: what decides, and how it compares with what was before. */
export interface Evidence {
  /** What the test is about, where its file says so. */
  description: string;
  thresholds: readonly Threshold[];
  /** The judgement in a sentence, of a pass too. */
  judged: string | null;
  comparison: Pick<Comparison, 'baselines' | 'sentence' | 'direction' | 'grade'> | null;
  /** The run whose repeats, by turns with those of this one, can confirm what changed; null where none can. */
  baseline: string | null;
  /** Why its results cannot be read; null where they can. */
  unreadable: string | null;
}

const nothing: Evidence = {
  description: '',
  thresholds: [],
  judged: null,
  comparison: null,
  baseline: null,
  unreadable: null,
};

const REMEMBERED = 200;
/** The results of a run that ended never change; a web that runs for weeks need not keep them, though. */
const LIFETIME_MS = 3_600_000;

/** Reads the evidence of runs: of one that has ended from its results, each once; of an open one from its work. */
export function createEvidence(store: Store): (run: Run) => Promise<Evidence> {
  const ended = createMemory<Evidence>(REMEMBERED, LIFETIME_MS, Date.now);
  return async (run) => {
    if (!hasEnded(run.state)) return { ...nothing, ...(await fromWork(store, run)) };
    return run.hasReport ? ended.get(run.id, () => fromResults(store, run)) : nothing;
  };
}

/** Known once the file was read. */
async function fromWork(store: Store, { id }: Run): Promise<Pick<Evidence, 'description' | 'thresholds'>> {
  const work = (await store.runs.work(id)) as { file?: Partial<ResolvedFile> } | null;
  return { description: work?.file?.description ?? '', thresholds: work?.file?.thresholds ?? [] };
}

async function fromResults(store: Store, run: Run): Promise<Evidence> {
  const text = await store.folders.of(run.id).text('results.json');
  if (text === null) return { ...nothing, unreadable: `results.json of run ${run.id} is gone.` };
  const results = readable(text);
  if (typeof results === 'string') return { ...nothing, unreadable: `results.json: ${results}` };
  const { description = '', judgement, comparison } = results;
  const repeatable = confirmable(results);
  return {
    description,
    thresholds: judgement?.thresholds.map(({ threshold }) => threshold) ?? [],
    judged: judgement?.reason ?? null,
    comparison: comparison && {
      baselines: comparison.baselines,
      sentence: comparison.sentence,
      direction: comparison.direction,
      grade: comparison.grade,
    },
    baseline: 'baseline' in repeatable ? repeatable.baseline : null,
    unreadable: null,
  };
}

/** The results, or why they cannot be read: they are damaged, or of another version. */
function readable(text: string): Results | string {
  try {
    return readResults(text);
  } catch (error) {
    if (isMarteauError(error)) return error.message;
    throw error;
  }
}
