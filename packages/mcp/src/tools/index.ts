import type { Tool } from '../tool.ts';
import { cancelRun } from './cancel-run.ts';
import { checkFile } from './check-file.ts';
import { compareRuns } from './compare-runs.ts';
import { estimate } from './estimate.ts';
import { getFailures } from './get-failures.ts';
import { getProfileDiff } from './get-profile-diff.ts';
import { getReport } from './get-report.ts';
import { getRun } from './get-run.ts';
import { listRuns } from './list-runs.ts';
import { startBisect } from './start-bisect.ts';
import { submitRun } from './submit-run.ts';
import { waitRun } from './wait-run.ts';

/** What a server offers to assistants. */
export const tools: readonly Tool[] = [
  checkFile,
  estimate,
  submitRun,
  getRun,
  waitRun,
  getReport,
  getFailures,
  compareRuns,
  getProfileDiff,
  startBisect,
  listRuns,
  cancelRun,
];
