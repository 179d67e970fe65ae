import type { Share } from '@marteau/shared';
import { countOf, type ExactPart, partOf, whole } from './exact-part.ts';

/** Which thread of which share this is; both are `index` of `of`. Shares may have different numbers of threads. */
export interface ThreadShare {
  readonly share: Share;
  readonly thread: Share;
}

/** Belongs to nobody: has no members. */
const none: ExactPart = { first: Number.POSITIVE_INFINITY, stride: 1 };

/** Which users are a thread's. */
export function usersAt({ share, thread }: ThreadShare): ExactPart {
  return partOf(partOf(whole, share.index, share.of), thread.index, thread.of);
}

/**
 * Which arrivals and iterations are a thread's, of those that `users` users (over all shares) share: with fewer users
 * than threads, those without a user get none, and those with one get what would have been theirs.
 */
export function workAt({ share, thread }: ThreadShare, users: number): ExactPart {
  const shares = Math.min(share.of, users);
  if (share.index >= shares) return none;
  const threads = Math.min(thread.of, countOf(partOf(whole, share.index, share.of), users));
  if (thread.index >= threads) return none;
  return partOf(partOf(whole, share.index, shares), thread.index, threads);
}
