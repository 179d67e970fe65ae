import type { Phase, Run, RunRequest, RunState, RunSummary, Submitter, Verdict } from '@marteau/shared';
import type { DeskHold, Hold } from './holds.ts';

export interface Submission {
  request: RunRequest;
  /** Normalised URL: the key that groups runs. */
  project: string;
  submitter: Submitter;
  /** 'form', 'api', 'rerun', 'demo', … */
  trigger: string;
  /** The same key with the same request gives the same run; kept for 24 h. */
  idempotencyKey?: string;
}

export interface ListQuery {
  /** One state, or several. */
  state?: RunState | readonly RunState[];
  project?: string;
  /** From the page before. */
  cursor?: string | null;
  /** 1 … 200. */
  limit: number;
}

export interface RunPage {
  runs: Run[];
  /** Null at the end. With both `state` and `project` a page may hold fewer runs than asked for and yet go on. */
  cursor: string | null;
}

/** How a run ends that got as far as a verdict, or that ends in error. */
export interface Outcome {
  state: 'finished' | 'error';
  verdict: Verdict | null;
  /** One sentence; null for a pass. */
  reason: string | null;
  reasonCode: string | null;
  summary: RunSummary | null;
  /** Whether report.html is in the run's folder. */
  hasReport: boolean;
}

/** A change of any run, for pages that show many. */
export interface RunChange {
  runId: string;
  state: RunState | 'deleted';
}

export interface Runs {
  /**
   * Puts a run into the queue: absent or whole, whatever dies.
   * @throws 'store-unavailable' and 'store-full' within 2.5 s, 'idempotency-conflict', 'too-few-nodes' when the
   * overrides ask for more nodes than are registered
   */
  submit(submission: Submission): Promise<Run>;
  /** The record, also of a run that ended long ago; null when there is none. */
  get(id: string): Promise<Run | null>;
  /** Newest first. The cost of a page does not grow with the number of runs. */
  list(query: ListQuery): Promise<RunPage>;
  /** How many runs are in each state. */
  counts(): Promise<Record<RunState, number>>;
  /** Every change of state of any run, from now on; one subscription per process. Ends with the signal. */
  changes(signal: AbortSignal): AsyncIterable<RunChange>;
  /**
   * Cancels. A run that nobody works on is cancelled at once, else it is `cancelling` until all acknowledged.
   * Cancelling twice is the same as once.
   * @param by who cancels: gets no mail about it
   * @throws 'not-found', 'wrong-state'
   */
  cancel(id: string, by: Submitter): Promise<Run>;
  /** Ends the load now and judges what was recorded. @throws 'not-found', 'wrong-state' before the load started */
  stopAndReport(id: string): Promise<Run>;
  /** Submits the same request again. @throws as submit, and 'not-found' */
  rerun(id: string, by: { submitter: Submitter; trigger?: string; idempotencyKey?: string }): Promise<Run>;
  /** Deletes an ended run with its folder. @throws 'not-found', 'wrong-state' */
  remove(id: string): Promise<void>;
  /** Keeps a run from retention, or no longer. @throws 'not-found' */
  pin(id: string, pinned: boolean): Promise<void>;
  /** Which of these runs are pinned. */
  pinned(ids: readonly string[]): Promise<Set<string>>;
  /** The pinned runs of a project, however old, the newest first; long parts of them may be cut. */
  pinnedIn(project: string): Promise<Run[]>;
  /**
   * Writes into the run's folder that it is on its way, so that it can be told as lost should Redis lose its data. To
   * be repeated when more is known of the run. @throws what its folder throws
   */
  trace(run: Run): Promise<void>;
  /** Says what the run does inside its state; goes to the event stream too. False when the hold is lost. */
  setPhase(hold: Hold, phase: Phase | null): Promise<boolean>;
  /**
   * Ends the run: one compare-and-set, with the mails put into the outbox in the same step. Flush events first:
   * nothing is appended to an ended run. Safe to repeat with the same hold.
   * @returns false when the hold is lost or the run was cancelled meanwhile: nothing changed, publish nothing
   */
  end(hold: DeskHold, outcome: Outcome): Promise<boolean>;
  /** What `ledger.enterLine` was given as `work`; null when the run has none (any more). */
  work(id: string): Promise<unknown>;
}

export interface ProjectEntry {
  /** Normalised URL. */
  project: string;
  runs: number;
  last: Run;
}
