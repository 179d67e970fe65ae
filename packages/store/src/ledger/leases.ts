/** Which worker process asks. */
export interface Holder {
  node: string;
  boot: string;
}

/**
 * A lease is the right to work on one stage of one run: the fencing token that every write of that stage shows.
 * The ledger gives it out, and takes it away when its holder is dead, late or told to stop; whoever shows an old
 * one is told so and changes nothing.
 */
export interface JobLease extends Holder {
  stage: 'prepare' | 'preflight' | 'finalize';
  runId: string;
  /** Which of those that began this stage of the run it is, from 1. */
  try: number;
}

/** The right of one node to generate one share: slot `runId/attempt` of that node. */
export interface ShareLease extends Holder {
  stage: 'share';
  runId: string;
  attempt: number;
  share: number;
  of: number;
}

export type Lease = JobLease | ShareLease;

/** A lease, or why there is none: the job is `stale` (answer so), or this node cannot do it now (`later`). */
export type Begun<L extends Lease> = { lease: L } | { lease: null; answer: 'stale' | 'later' };

/** Of a node's slot, as the scripts write it: `run/attempt`. */
export function readSlot(slot: string): Pick<ShareLease, 'runId' | 'attempt'> {
  const [runId = '', attempt] = slot.split('/');
  return { runId, attempt: Number(attempt) };
}
