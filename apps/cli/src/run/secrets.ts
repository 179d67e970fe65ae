import { resolve } from 'node:path';
import type { ResolvedFile } from '@marteau/file';
import { MarteauError, whyTooShort } from '@marteau/shared';
import { projectSecrets, readSecretsFile, type Secrets } from '@marteau/source';

type Environment = Readonly<Record<string, string | undefined>>;

/** The secrets file of this machine, where MARTEAU_SECRETS names one. @throws MarteauError secrets-* */
export function readSecrets({ cwd, env }: { cwd: string; env: Environment }): Promise<Secrets> {
  return readSecretsFile(env.MARTEAU_SECRETS ? resolve(cwd, env.MARTEAU_SECRETS) : null);
}

/**
 * The values of the secrets that the file uses: from the secrets file, else from a variable of the same name.
 * @throws MarteauError secret-unset, which names all that are missing; secret-short
 */
export function secretsFor(
  file: Pick<ResolvedFile, 'secrets'>,
  project: string,
  secrets: Secrets,
  env: Environment,
): Record<string, string> {
  const { values, missing } = findSecrets(file, project, secrets, env);
  if (missing.length > 0) throw new MarteauError('secret-unset', { names: missing });
  return values;
}

/** The same, with the names of those that are not set in place of an error. @throws MarteauError secret-short */
export function findSecrets(
  { secrets: names }: Pick<ResolvedFile, 'secrets'>,
  project: string,
  secrets: Secrets,
  env: Environment,
): { values: Record<string, string>; missing: string[] } {
  const known: Environment = { ...env, ...projectSecrets(secrets, project) };
  const found = names.flatMap((name) => (known[name] ? [[name, known[name]] as const] : []));
  for (const [name, value] of found) {
    const detail = whyTooShort(name, value);
    if (detail !== null) throw new MarteauError('secret-short', { detail });
  }
  return { values: Object.fromEntries(found), missing: names.filter((name) => !known[name]) };
}
