import type { ResolvedFile } from '@marteau/file';
import { isOnDefault, type Recipient, type Run } from '@marteau/shared';
import { recipientsOf } from '../channels/mail/recipients.ts';

/** Whom a file names; all that is known of one that has mistakes elsewhere. */
export type Named = Pick<ResolvedFile, 'email'> & Partial<Pick<ResolvedFile, 'notify'>>;

const MOST_CHANNELS = 10;

/**
 * Everyone who is told what becomes of a run. Who asked for a confirmation reads of it once it is decided, and not
 * fourteen times before; who tries a script looks at its page.
 */
export function toldOf(run: Run, { email, notify }: Named): Recipient[] {
  if (run.kind !== 'normal') return [];
  return [...recipientsOf(run.email, email), ...channelsOf(run, notify)];
}

/** Channels that are told; of a pull request, the pull request is. `to`: 'perf:change' */
function channelsOf(run: Run, notify: Named['notify'] = {}): Recipient[] {
  if (run.cause?.pull) return [];
  // What one run came to, and what several say together.
  const kinds = isOnDefault(run) ? ['channel', 'trend'] : ['channel'];
  const named = Object.entries(notify).filter(([, policy]) => policy !== 'never');
  return named
    .slice(0, MOST_CHANNELS)
    .flatMap(([name, policy]) => kinds.map((kind) => ({ kind, to: `${name}:${policy}` })));
}
