import {
  type Acceptance,
  type Confirmation,
  hasEnded,
  isMarteauError,
  type Run,
  readAcceptance,
} from '@marteau/shared';
import type { Store } from '@marteau/store';

/** What is told of a pull request's head beside its own run. */
export interface Standing {
  /** The comparison with its base; null where none has begun, or its record cannot be read. */
  readonly check: Confirmation | null;
  /** Who accepted it as it is. */
  readonly acceptedBy: string | null;
}

const FILE = 'accepted.json';

export async function standingOf(store: Store, { id, cause }: Run): Promise<Standing> {
  if (!cause?.pull) return { check: null, acceptedBy: null };
  const [check, accepted] = await Promise.all([
    store.confirmations.of(id).catch(unlessUnreadable),
    store.folders
      .of(id)
      .text(FILE)
      .then((text) => (text === null ? null : readAcceptance(text, id)))
      .catch(unlessUnreadable),
  ]);
  return { check, acceptedBy: accepted?.by ?? null };
}

function unlessUnreadable(error: unknown): null {
  if (isMarteauError(error, 'record-damaged') || isMarteauError(error, 'newer-data')) return null;
  throw error;
}

/** Whether there is something to take as it is: it failed, or is worse than its base, and nobody has taken it yet. */
export function canAccept(run: Run, { check, acceptedBy }: Standing): boolean {
  if (!run.cause?.pull || acceptedBy !== null || !hasEnded(run.state)) return false;
  return run.verdict === 'fail' || check?.decision === 'worse';
}

/** Says that somebody takes this head as it is, and has its forge told. @param by a name, for people */
export async function acceptHead(store: Store, { id }: Run, by: string): Promise<void> {
  const acceptance: Acceptance = { v: 1, by, at: new Date().toISOString() };
  await store.folders.of(id).put(FILE, JSON.stringify(acceptance));
  await store.deliveries.again(id, ({ kind }) => kind === 'status' || kind === 'comment');
}
