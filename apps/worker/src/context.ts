import type { Rung } from '@marteau/launch';
import type { Secrets } from '@marteau/source';
import type { NodeSession, Store } from '@marteau/store';
import type { Logger } from 'pino';
import type { Activity } from './activity.ts';
import type { Config } from './config.ts';
import type { Gate } from './gate.ts';
import type { WorkerMeters } from './meters.ts';
import type { Tracer } from './traces/tracer.ts';

/** What every job works with. */
export interface Context {
  readonly config: Config;
  readonly store: Store;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly gate: Gate;
  /** How programs of runs are held on this machine. */
  readonly rung: Rung;
  /** Who we are for the ledger. */
  readonly node: NodeSession;
  readonly activity: Activity;
  readonly meters: WorkerMeters;
  readonly tracer: Tracer;
  readonly leaving: Leaving;
  /** Of Marteau. */
  readonly version: string;
  /** ms since 1970 */
  now(): number;
}

/** How this process ends, when it is asked to. */
export interface Leaving {
  /** It was asked to end: what has not started its load yet is handed back now. */
  readonly asked: AbortSignal;
  /** Its grace is over: everything is handed back. */
  readonly now: AbortSignal;
}

/** The reason of `Leaving`'s signals: whoever throws it hands its lease back unharmed. */
export class HandBack extends Error {
  override readonly name = 'HandBack';
}
