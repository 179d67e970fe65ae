/** The rules by which nodes are allotted; the same for every process of an installation. */
export interface LedgerRules {
  /** What one submitter may have running at once; null for no limit. */
  perSubmitter: number | null;
  /** Nodes that somebody starts when runs want them are this many at most; null where nobody starts any. */
  nodesMax: number | null;
  /** How often nodes are allotted to a run before it ends in error. 3 */
  maxAttempts: number;
  /** How many preparers or finalizers may die. 3 */
  maxTries: number;
  /** After this time a run that wants more nodes than are alive ends in error, ms. 600 000 */
  unmetMs: number;
  /** After this time such a run lets others pass, ms. 30 000 */
  overtakeMs: number;
  /** The same where nodes are started for it, since the last one joined, ms. 180 000 */
  startingMs: number;
  /** A node, or who has a job, that is silent for so long is dead, ms. 8 000 */
  leaseMs: number;
  /** How long the shares may take from being allotted until all are ready, ms. 1 200 000 */
  barrierMs: number;
}

export const defaultRules: LedgerRules = {
  perSubmitter: null,
  nodesMax: null,
  maxAttempts: 3,
  maxTries: 3,
  unmetMs: 600_000,
  overtakeMs: 30_000,
  startingMs: 180_000,
  leaseMs: 8000,
  barrierMs: 1_200_000,
};
