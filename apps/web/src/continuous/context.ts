import type { Store } from '@marteau/store';
import type { FastifyBaseLogger } from 'fastify';
import type { WebConfig } from '../config.ts';

/** What the work that nobody asks for works with: calls of hooks, times, telling forges. */
export interface Continuous {
  readonly config: WebConfig;
  readonly store: Store;
  readonly log: FastifyBaseLogger;
  /** Where people open this server, without a slash at its end. */
  readonly url: string;
  /** Aborts when the process ends. */
  readonly closing: AbortSignal;
  /** ms since 1970 */
  now(): number;
}
