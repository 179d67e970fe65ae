import type { ServerSettings, Store } from '@marteau/store';

/** One thing that was looked at. */
export interface Finding {
  /** `wrong`: something does not work, or will be lost. `odd`: it works, and may be wanted otherwise. */
  readonly kind: 'ok' | 'odd' | 'wrong';
  /** What is, and what to do about it. */
  readonly sentence: string;
}

/** What checks look at. */
export interface Installation {
  readonly settings: ServerSettings;
  /** Where the web listens. */
  readonly host: string;
  readonly port: number;
  /** Marteau's. */
  readonly version: string;
  /** Null where Redis does not answer. */
  readonly store: Store | null;
}

/** A thing that can be wrong with an installation. Never throws; takes some seconds at most. */
export interface Check {
  /** For people: 'Redis'. */
  readonly name: string;
  look(installation: Installation): Promise<Finding[]>;
}

export const ok = (sentence: string): Finding => ({ kind: 'ok', sentence });
export const odd = (sentence: string): Finding => ({ kind: 'odd', sentence });
export const wrong = (sentence: string): Finding => ({ kind: 'wrong', sentence });

/** So long something outside is waited for. */
export const PATIENCE_MS = 4000;
