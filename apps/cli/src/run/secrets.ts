import { resolve } from 'node:path';
import { type EffectiveFile, MarteauError, type Secrets } from '@marteau/shared';
import { projectSecrets, readSecretsFile } from '@marteau/source';

type Environment = Readonly<Record<string, string | undefined>>;

/** The secrets file of this machine, where MARTEAU_SECRETS names one. @throws MarteauError secrets-* */
export function readSecrets({ cwd, env }: { cwd: string; env: Environment }): Promise<Secrets> {
  return readSecretsFile(env.MARTEAU_SECRETS ? resolve(cwd, env.MARTEAU_SECRETS) : null);
}

/**
 * The values of the secrets that the file uses: from the secrets file, else from a variable of the same name.
 * @throws MarteauError secret-unset, which names all that are missing
 */
export function secretsFor(
  { secrets: names }: Pick<EffectiveFile, 'secrets'>,
  project: string,
  secrets: Secrets,
  env: Environment,
): Record<string, string> {
  const known: Readonly<Record<string, string | undefined>> = { ...env, ...projectSecrets(secrets, project) };
  const missing = names.filter((name) => !known[name]);
  if (missing.length > 0) throw new MarteauError('secret-unset', { names: missing });
  return Object.fromEntries(names.map((name) => [name, known[name]!]));
}
