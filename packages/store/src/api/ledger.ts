import type { FinalizeJob, PreflightJob, PrepareJob, ShareJob } from '../jobs/jobs.ts';
import type { DeskHold, Hold, ShareHold } from './holds.ts';

/** Which worker process asks. */
export interface Holder {
  node: string;
  boot: string;
}

/** A hold, or why there is none: the job is `stale` (answer so), or this node cannot do it now (`later`). */
export type Begun<H extends Hold> = { hold: H } | { hold: null; answer: 'stale' | 'later' };

/** What prepare learned, when the run enters the line. */
export interface LineEntry {
  /** How many nodes the run needs, one of the app's own included. */
  demand: number;
  /** The last of them generates no load: it has the app. */
  appNode?: boolean;
  /** Labels that every node must have. */
  labels: Record<string, string>;
  /** Every host:port that the run hits, for the target lock; none locks nothing (an app of its own). */
  targets: string[];
  /** May overlap with others on these targets that say so too. */
  shared: boolean;
  /** A node that generates load tries the script first (see beginPreflight). */
  trial?: boolean;
  /** Everyone who gets a mail, the submitter included. */
  recipients: string[];
  /** For the record. */
  facts: {
    commit: string;
    commitSubject: string | null;
    commitAuthor: string | null;
    name: string | null;
    test: string | null;
    target: string | null;
    engine: { name: string; version: string };
  };
  /** What the shares and the finalizer need (JSON, at most 256 KB); see `runs.work`. */
  work: unknown;
}

/**
 * `waiting`: it is in the line. `refused`: more nodes than are registered, and the run has ended in error.
 * `cancelled`: acknowledge. `lost`: the hold is not valid any more.
 */
export type EnterResult = 'waiting' | 'refused' | 'cancelled' | 'lost';

/** The one start of all shares. */
export type Start =
  | {
      go: true;
      /** On this machine's clock, ms since 1970. Wait until then, then check `tooLate`. */
      startAt: number;
      /** On Redis's clock, ms since 1970: the same number on all nodes. */
      commonStartAt: number;
      /** This machine's clock minus Redis's, ms. */
      clockOffset: number;
      /** True when a share begins more than 250 ms after startAt: do not start, `giveBack`. */
      tooLate(): boolean;
    }
  | { go: false; kind: 'cancelled' | 'aborted' | 'lost' };

/** A node that died or was lost after the start. */
export interface LostShare {
  share: number;
  node: string;
  /** ms since the common start */
  at: number;
}

/** What the finalizer must know beside the measurements. */
export interface AttemptRecord {
  attempt: number;
  /** Node of each share, by its index. */
  nodes: string[];
  /** Which of them generates no load but has the app; null for none. */
  appShare: number | null;
  /** ISO instant of the common start. */
  startedAt: string | null;
  stopped: boolean;
  lost: LostShare[];
}

/** What a run that has not started yet waits for. */
export interface Place {
  runId: string;
  /** 1 is next. */
  position: number;
  /** One sentence: "2 of 3 nodes free; Marketplace by ana is ahead". */
  waitingFor: string;
  /** The kind behind the sentence. */
  kind: 'prepare' | 'trial' | 'paused' | 'submitter' | 'target' | 'nodes' | 'no-nodes' | 'ahead';
  /** About how long, ms, from the durations of earlier runs; null when there are none to judge by. */
  expectedMs: number | null;
}

/** The rules by which nodes are allotted; the same for every process of an installation. */
export interface LedgerRules {
  /** What one submitter may have running at once; null for no limit. */
  perSubmitter: number | null;
  /** How often nodes are allotted to a run before it ends in error. 3 */
  maxAttempts: number;
  /** How many preparers or finalizers may die. 3 */
  maxTries: number;
  /** After this time a run that wants more nodes than are alive ends in error, ms. 600 000 */
  unmetMs: number;
  /** After this time such a run lets others pass, ms. 30 000 */
  overtakeMs: number;
  /** A node or a desk worker that is silent for so long is dead, ms. 8 000 */
  leaseMs: number;
  /** How long the shares may take from being allotted until all are ready, ms. 1 200 000 */
  barrierMs: number;
}

/** Allots nodes to runs, all at once or none, and sees every run to its end. */
export interface Ledger {
  readonly rules: LedgerRules;
  /** Takes a prepare job: queued → preparing. */
  beginPrepare(job: PrepareJob, by: Holder): Promise<Begun<DeskHold>>;
  /** preparing → waiting, in the line at the place it got when it was submitted. */
  enterLine(hold: DeskHold, entry: LineEntry): Promise<EnterResult>;
  /** Takes a preflight job: the script is tried before the run gets into the line. `later` without the labels it asks for. */
  beginPreflight(job: PreflightJob, by: Holder): Promise<Begun<DeskHold>>;
  /** preparing → waiting, once the trial went well. `refused` never. */
  passTrial(hold: DeskHold): Promise<EnterResult>;
  /** Takes a share job of this node. */
  beginShare(job: ShareJob, by: Holder): Promise<Begun<ShareHold>>;
  /**
   * The barrier: says that this share is ready, and waits until all are. The last one sets the start time (lead =
   * twice the longest measured round trip plus a margin; none for a single share).
   */
  ready(hold: ShareHold, signal: AbortSignal): Promise<Start>;
  /**
   * Tells the other shares of this attempt what this one has started for all of them, and where.
   * @param around JSON, at most 1 MB. False when the hold is lost.
   */
  surround(hold: ShareHold, around: unknown): Promise<boolean>;
  /** Waits for what another share of this attempt started for all; null once the signal aborts. */
  surroundings(hold: ShareHold, signal: AbortSignal): Promise<unknown>;
  /** Resolves once all other shares of this attempt have ended, or the signal aborts: until then stands what they need. */
  outlast(hold: ShareHold, signal: AbortSignal): Promise<void>;
  /** The share's measurements are in the folder. False when the hold is lost. The last one sends the run to finalize. */
  done(hold: ShareHold): Promise<boolean>;
  /**
   * Hands a hold back unharmed: a share that has not begun its load (late, draining) gives the attempt back and the
   * run keeps its place (a lease after the common start it is too late for that: it counts as lost); prepare goes back
   * to queued, finalize to its queue, and neither counts as a death. False when the hold is lost.
   */
  giveBack(hold: Hold, why: string): Promise<boolean>;
  /**
   * A share that has begun its load cannot go on (its process was killed, this worker must stop): counts as a lost
   * node, and what the other shares measured is kept. False when the hold is lost.
   */
  abandon(hold: ShareHold, why: string): Promise<boolean>;
  /** The share cannot be done (npm found no package, the script threw): the run ends in error when all acknowledged. */
  fail(hold: ShareHold, reason: { reason: string; reasonCode: string | null }): Promise<boolean>;
  /** All is stopped after `cancelled` or `aborted`. Flush events first: with the last one the run may end. */
  acknowledge(hold: Hold): Promise<void>;
  /** Takes a finalize job of a run that is reporting. */
  beginFinalize(job: FinalizeJob, by: Holder): Promise<Begun<DeskHold>>;
  /** Who ran what, for the finalizer. */
  attempt(runId: string): Promise<AttemptRecord | null>;
  /** Why runs wait that have not started; runs that are not in the queue are left out. */
  places(runIds: readonly string[]): Promise<Map<string, Place>>;
  /** The first runs of the queue, in order. */
  line(limit: number): Promise<Place[]>;
  /** Holds the queue: nothing new starts. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  paused(): Promise<boolean>;
}
