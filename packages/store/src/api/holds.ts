/**
 * A hold is the right to work on one stage of one run: the fencing token that every write of that stage shows.
 * The ledger gives it out, and takes it away when its holder is dead, late or told to stop; whoever shows an old
 * one is told so and changes nothing.
 */
export interface DeskHold {
  stage: 'prepare' | 'preflight' | 'finalize';
  runId: string;
  /** Which of those that began this stage of the run it is, from 1. */
  try: number;
  /** The worker that does it. */
  node: string;
  boot: string;
}

/** The right of one node to generate one share: slot `runId/attempt` of that node. */
export interface ShareHold {
  stage: 'share';
  runId: string;
  attempt: number;
  share: number;
  of: number;
  node: string;
  boot: string;
}

export type Hold = DeskHold | ShareHold;

/** Why a stage was told to end. `lost`: the hold is not valid any more, write nothing. */
export type AbortKind = 'cancelled' | 'aborted' | 'lost' | 'store-away';

/** The reason on `Watch.signal`: `signal.reason.kind`. */
export class HoldEnded extends Error {
  override readonly name = 'HoldEnded';
  readonly kind: AbortKind;
  constructor(kind: AbortKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Watches a hold: keeps a desk hold's lease alive, and tells when to end.
 *
 * - `signal` aborts when the run is cancelled (`cancelled`), when its attempt is over for another reason, such as a
 *   lost node before the start (`aborted`), when the hold is lost (`lost`), and when Redis has not answered for so
 *   long that the lease may have ended (`store-away`). `signal.reason` is a HoldEnded. Once all is stopped the
 *   holder still answers: after `cancelled` and `aborted` with `ledger.acknowledge`, after `store-away` with
 *   `ledger.abandon` or `giveBack`, which wait until Redis is back. After `lost` there is nothing to say.
 * - `stop` aborts on "stop and report", or when another node was lost after the start: end the load now and keep
 *   what was measured.
 */
export interface Watch {
  signal: AbortSignal;
  stop: AbortSignal;
  /** Ends the watching; the hold stays as it is. */
  close(): void;
}
