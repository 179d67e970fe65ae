import type { Confirmation } from '@marteau/shared';

/**
 * Changes that repeats of both commits are to confirm. The record lies in the folder of the later run
 * (confirmation.json); who queues the repeats is a worker.
 */
export interface Confirmations {
  /**
   * Has the change of a run confirmed. One that is being confirmed, or is decided, stays as it is; one that broke off
   * or was never decided begins anew.
   * @param baseline id of the run that it is compared with
   * @throws 'store-unavailable'
   */
  begin(run: string, baseline: string): Promise<Confirmation>;
  /** Null when nobody asked for it. */
  of(run: string): Promise<Confirmation | null>;
  /** Ids of the runs whose change is being confirmed. */
  open(): Promise<string[]>;
  /** Writes it down; one that is decided is open no longer. */
  keep(confirmation: Confirmation): Promise<void>;
}
