import { type FaultEvent, MarteauError, type Measurements } from '@marteau/shared';
import { type AttemptRecord, type RunFolder, type ShareHold, WORK_FOLDER } from '@marteau/store';

const PREFIX = `${WORK_FOLDER}/share-`;

/** What one share hands to the finalizer. */
export interface ShareFile {
  measurements: Measurements;
  faults: FaultEvent[];
  /** What the node was, by name, for the report: 'Node', 'Processor'. */
  environment: Record<string, string>;
}

export async function writeShare(folder: RunFolder, hold: ShareHold, share: ShareFile): Promise<void> {
  await folder.put(nameOf(hold.attempt, hold.share), JSON.stringify(share));
}

/**
 * The shares of an attempt that delivered. One that was lost may be missing, any other may not.
 * @throws MarteauError nodes-lost when none did, measurements-missing
 */
export async function readShares(folder: RunFolder, attempt: AttemptRecord): Promise<ShareFile[]> {
  const lost = new Set(attempt.lost.map(({ share }) => share));
  const shares: ShareFile[] = [];
  for (const index of attempt.nodes.keys()) {
    const text = await folder.text(nameOf(attempt.attempt, index));
    if (text !== null) shares.push(JSON.parse(text) as ShareFile);
    else if (!lost.has(index)) throw new MarteauError('measurements-missing', { share: index + 1 });
  }
  if (shares.length === 0)
    throw new MarteauError('nodes-lost', { nodes: attempt.lost.map(({ node }) => node) });
  return shares;
}

function nameOf(attempt: number, share: number): string {
  return `${PREFIX}${attempt}-${share}.json`;
}
