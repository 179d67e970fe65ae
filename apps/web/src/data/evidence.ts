import {
  type Comparison,
  effectiveFile,
  hasEnded,
  isMarteauError,
  parseFileOffThread,
  type Results,
  type Run,
  readResults,
  type Threshold,
} from '@marteau/shared';
import type { Store } from '@marteau/store';
import { createMemory } from '../memory.ts';

/** What a run's page tells beside the record: what decides, and how it compares with what was before. */
export interface Evidence {
  thresholds: readonly Threshold[];
  /** The judgement in a sentence, of a pass too. */
  judged: string | null;
  comparison: Pick<Comparison, 'baselines' | 'sentence' | 'direction' | 'grade'> | null;
  /** Whether the run started the app of its own commit, so that commits decide what is measured. */
  ownApp: boolean;
}

const nothing: Evidence = { thresholds: [], judged: null, comparison: null, ownApp: false };

const remembered = 200;
/** The results of a run that ended never change; a web that runs for weeks need not keep them, though. */
const lifetimeMs = 3_600_000;

/** Reads the evidence of runs: of one that has ended from its results, each once; of an open one from its work. */
export function createEvidence(store: Store): (run: Run) => Promise<Evidence> {
  const ended = createMemory<Evidence>(remembered, lifetimeMs, Date.now);
  return async (run) => {
    if (!hasEnded(run.state)) return { ...nothing, thresholds: await openThresholds(store, run) };
    return run.hasReport ? ended.get(run.id, () => fromResults(store, run)) : nothing;
  };
}

/** Known once the file was read. */
async function openThresholds(store: Store, { id }: Run): Promise<readonly Threshold[]> {
  const work = (await store.runs.work(id)) as { file?: { thresholds?: Threshold[] } } | null;
  return work?.file?.thresholds ?? [];
}

async function fromResults(store: Store, run: Run): Promise<Evidence> {
  const text = await store.folders.of(run.id).text('results.json');
  const results = text === null ? null : readable(text);
  if (results === null) return nothing;
  const { judgement, comparison } = results;
  return {
    thresholds: judgement?.thresholds.map(({ threshold }) => threshold) ?? [],
    judged: judgement?.reason ?? null,
    comparison: comparison && {
      baselines: comparison.baselines,
      sentence: comparison.sentence,
      direction: comparison.direction,
      grade: comparison.grade,
    },
    ownApp: await startsApp(results, run),
  };
}

/** Results that are damaged or of another version are told where they are asked for; the page does without. */
function readable(text: string): Results | null {
  try {
    return readResults(text);
  } catch (error) {
    if (isMarteauError(error)) return null;
    throw error;
  }
}

async function startsApp({ file }: Results, { profile, overrides }: Run): Promise<boolean> {
  if (file === null) return false;
  const written = await parseFileOffThread(file.text);
  return written.file !== null && !!effectiveFile(written.file, { profile, overrides }).file?.app;
}
