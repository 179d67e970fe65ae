import { readFile, stat } from 'node:fs/promises';
import { MarteauError } from '@marteau/shared';
import { noSecrets, parseSecrets, type Secrets } from './secrets-file.ts';

/**
 * Reads the server's secrets file (MARTEAU_SECRETS), which nobody but its owner may be able to read.
 * @param file absolute; null where none is set
 * @throws MarteauError secrets-missing, secrets-open, secrets-wrong
 */
export async function readSecretsFile(file: string | null): Promise<Secrets> {
  if (file === null) return noSecrets;
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new MarteauError('secrets-missing', { file });
  const mode = found.mode & 0o777;
  if (mode & 0o077) throw new MarteauError('secrets-open', { file, mode: mode.toString(8).padStart(4, '0') });
  const text = await readFile(file, 'utf8').catch(() => {
    throw new MarteauError('secrets-missing', { file });
  });
  return parseSecrets(text);
}
