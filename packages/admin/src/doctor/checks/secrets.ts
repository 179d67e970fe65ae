import { stat } from 'node:fs/promises';
import { type Check, ok, wrong } from '../check.ts';

const OTHERS = 0o077;

export const secrets: Check = {
  name: 'Secrets file',
  async look({ settings: { secretsFile } }) {
    if (secretsFile === null) return [];
    const found = await stat(secretsFile).catch(() => null);
    if (found === null)
      return [wrong(`The secrets file ${secretsFile} (MARTEAU_SECRETS) is not there, or may not be read.`)];
    if ((found.mode & OTHERS) !== 0)
      return [wrong(`Others may read the secrets file ${secretsFile}. chmod 600 keeps them out.`)];
    return [ok(`The secrets file ${secretsFile} is its owner’s alone.`)];
  },
};
