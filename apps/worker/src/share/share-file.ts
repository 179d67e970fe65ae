import type { Measurements } from '@marteau/measure';
import { type FaultEvent, MarteauError } from '@marteau/shared';
import { type AttemptRecord, type RunFolder, type ShareLease, WORK_FOLDER } from '@marteau/store';

const PREFIX = `${WORK_FOLDER}/share-`;

/** What one share hands to the finalizer. */
export interface ShareFile {
  /** Null from the node of the app, which generates no load. */
  measurements: Measurements | null;
  /** What stood around the load saw of it, where that was on the node of the app. */
  seen?: Partial<Measurements>;
  faults: FaultEvent[];
  /** What the node was, by name, for the report: 'Node', 'Processor'. */
  environment: Record<string, string>;
}

/** One of a share that generated load. */
export interface LoadShareFile extends ShareFile {
  measurements: Measurements;
}

/** The file of one share, by its name in the run's folder. */
export function fileOfShare({ attempt, share }: ShareLease, content: ShareFile): Record<string, string> {
  return { [nameOf(attempt, share)]: JSON.stringify(content) };
}

/**
 * The shares of an attempt that delivered; what was on the node of the app goes with the first. One that was lost may be
 * missing, any other may not.
 * @throws MarteauError nodes-lost when none delivered, measurements-missing
 */
export async function readShares(folder: RunFolder, attempt: AttemptRecord): Promise<LoadShareFile[]> {
  const { lost } = attempt;
  const shares: LoadShareFile[] = [];
  let beside: ShareFile | null = null;
  for (const index of attempt.nodes.keys()) {
    const text = await folder.text(nameOf(attempt.attempt, index));
    const share = text === null ? null : (JSON.parse(text) as ShareFile);
    if (share?.measurements) shares.push(share as LoadShareFile);
    else if (share) beside = share;
    else if (!lost.some((one) => one.share === index))
      throw new MarteauError('measurements-missing', { share: index + 1 });
  }
  const [first, ...others] = shares;
  if (!first)
    throw new MarteauError('nodes-lost', {
      nodes: lost.map(({ node }) => node),
      stopped: lost.every((one) => one.stopped),
    });
  return [beside ? together(first, beside) : first, ...others];
}

/** All began at one moment, so that moments of the one are moments of the other. */
function together(first: LoadShareFile, { seen, faults, environment }: ShareFile): LoadShareFile {
  return {
    ...first,
    measurements: { ...first.measurements, ...seen, startedAt: first.measurements.startedAt },
    faults: [...first.faults, ...faults],
    environment: { ...first.environment, ...environment },
  };
}

function nameOf(attempt: number, share: number): string {
  return `${PREFIX}${attempt}-${share}.json`;
}
