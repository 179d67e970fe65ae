import { knownVariables } from './export.ts';
import {
  faultsToJudge,
  judgeableFaults,
  judgeableWhileLoaded,
  knownProxies,
  reachableProxies,
  reachableServers,
} from './faults.ts';
import { http2OverTls } from './http.ts';
import { knownLocations, ownNames } from './locations.ts';
import { knownTest, oneModel } from './models.ts';
import { reachableThresholds } from './reachable-thresholds.ts';
import { insideRepository } from './repository.ts';
import type { Rule } from './rule.ts';
import { ownEngineAlone, somethingRuns } from './runner.ts';
import { secretsInEnv } from './secrets.ts';
import { stages } from './stages.ts';
import { longEnough } from './timeout.ts';

/** What every file must obey, with a profile and overrides or without. To add a rule, add it here. */
export const rules: readonly Rule[] = [
  somethingRuns,
  ownEngineAlone,
  oneModel,
  knownTest,
  stages,
  insideRepository,
  knownProxies,
  judgeableFaults,
  reachableProxies,
  reachableServers,
  judgeableWhileLoaded,
  secretsInEnv,
  http2OverTls,
  longEnough,
  ownNames,
  knownVariables,
];

/** What holds for the file alone: a profile or an override may well make a threshold pointless for one run. */
export const fileRules: readonly Rule[] = [...rules, reachableThresholds, faultsToJudge, knownLocations];
