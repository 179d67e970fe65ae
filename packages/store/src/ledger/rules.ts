import type { LedgerRules } from '../api/ledger.ts';

export const defaultRules: LedgerRules = {
  perSubmitter: null,
  maxAttempts: 3,
  maxTries: 3,
  unmetMs: 600_000,
  overtakeMs: 30_000,
  leaseMs: 8000,
  barrierMs: 1_200_000,
};
