import type { MessagePort } from 'node:worker_threads';
import type { Batch, HttpConnections, PeerFacts, ScheduledStage } from '@marteau/measure';
import type { Stage } from '@marteau/shared';
import type { ClientOptions } from '../fetch/client.ts';
import type { ThreadShare } from '../plan/thread-share.ts';
import type { DataRows } from '../script/data/read-data.ts';

/** What a worker thread needs to know from its begin. */
export interface ThreadJob {
  readonly port: MessagePort;
  /** The repository's folder and the script, absolute, without symbolic links. */
  readonly root: string;
  readonly script: string;
  readonly client: ClientOptions;
  /** Statuses from 400 on that are no errors. */
  readonly expected: readonly number[];
  readonly session: 'iteration' | 'user';
  readonly connections: 'keep' | 'fresh';
  /** The one test to run; null for all. */
  readonly test: string | null;
  readonly scenarios: readonly ScenarioJob[];
  /** Decides which users, arrivals and iterations are this thread's. */
  readonly threadShare: ThreadShare;
  /** Rows of the data sets that are this thread's. */
  readonly data: DataRows;
  /** Values that no sample shows. */
  readonly secrets: readonly string[];
  /** Whether every exchange is told of. */
  readonly trace: boolean;
}

/** One exchange, as it went. */
export interface ToldExchange {
  /** The full name of the test it belongs to; empty for one of a hook. */
  readonly test: string;
  readonly user: number;
  readonly label: string;
  /** The status, or the error class. */
  readonly outcome: string;
  /** When it began, ms of the run's clock, and how long it took. */
  readonly at: number;
  readonly ms: number;
  /** Request and answer. */
  readonly text: string;
}

/** What a scenario of the plan needs of a thread. */
export interface ScenarioJob {
  /** The test that it runs; null for all. */
  readonly test: string | null;
  /** Whether any of its stages starts iterations at a rate. */
  readonly paced: boolean;
  /** The most users that it has at a time, over all shares. */
  readonly users: number;
}

export type ToThread =
  /** Moment 0 of the run's clock, as process.hrtime.bigint() tells it. */
  | { readonly type: 'zero'; readonly at: bigint }
  /** A scenario's next segment; its first ramp begins at `begin`, ms of the run's clock. */
  | {
      readonly type: 'segment';
      readonly scenario: number;
      readonly stages: readonly Stage[];
      readonly begin: number;
    }
  /** The segment that runs goes on in another way from `at` on; ms of the run's clock. */
  | {
      readonly type: 'follow';
      readonly scenario: number;
      readonly scheduled: readonly ScheduledStage[];
      readonly at: number;
    }
  /** The scenario's load was over at this moment in all threads: its window ends there. */
  | { readonly type: 'cut'; readonly scenario: number; readonly at: number }
  /** End the load now, keep what was measured. */
  | { readonly type: 'stop' }
  /** Nothing more comes: hand in the rest. */
  | { readonly type: 'finish' };

/** One test of the script, for a list. */
export interface ListedTest {
  readonly name: string;
  /** With the suites around it: `shop > home`. */
  readonly fullName: string;
  readonly skipped: boolean;
  /** `file:line:column`, relative to the repository. */
  readonly source: string | null;
}

export type FromThread =
  | {
      readonly type: 'loaded';
      readonly tests: readonly ListedTest[];
      /** In what users cannot be kept apart, a sentence. */
      readonly shared: string | null;
    }
  /** The script threw when it was loaded. */
  | {
      readonly type: 'refused';
      /** It called process.exit. */
      readonly exit: boolean;
      readonly message: string;
      readonly source: string | null;
      readonly detail: string;
    }
  | ({ readonly type: 'measured' } & Batch)
  /** All users of a scenario's segment have left. */
  | {
      readonly type: 'joined';
      readonly scenario: number;
      /** When its load was over, ms of the run's clock. */
      readonly end: number;
    }
  | ({ readonly type: 'exchange' } & ToldExchange)
  | { readonly type: 'note'; readonly text: string }
  | {
      readonly type: 'finished';
      readonly cpuSeconds: number;
      readonly peer: PeerFacts;
      readonly connections: HttpConnections;
    };
