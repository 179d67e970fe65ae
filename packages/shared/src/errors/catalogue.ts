import { backupErrors } from './backup-errors.ts';
import { chaosErrors } from './chaos-errors.ts';
import { consentErrors } from './consent-errors.ts';
import { loadErrors } from './load-errors.ts';
import { nodeErrors } from './node-errors.ts';
import { replayErrors } from './replay-errors.ts';
import { resultsErrors } from './results-errors.ts';
import { runErrors } from './run-errors.ts';
import { secretsErrors } from './secrets-errors.ts';
import { serviceErrors } from './service-errors.ts';
import { sourceErrors } from './source-errors.ts';
import { storeErrors } from './store-errors.ts';
import { toolErrors } from './tool-errors.ts';
import { webErrors } from './web-errors.ts';

/** Every error that Marteau knows, by its stable code. Each part of the house adds a file beside this one. */
export const catalogue = {
  ...backupErrors,
  ...chaosErrors,
  ...consentErrors,
  ...loadErrors,
  ...nodeErrors,
  ...replayErrors,
  ...resultsErrors,
  ...runErrors,
  ...secretsErrors,
  ...serviceErrors,
  ...sourceErrors,
  ...storeErrors,
  ...toolErrors,
  ...webErrors,
};

export type ErrorCode = keyof typeof catalogue;

/** The parameters that the sentence of a code needs. */
export type ErrorParams<C extends ErrorCode> = Parameters<(typeof catalogue)[C]['sentence']>[0];
