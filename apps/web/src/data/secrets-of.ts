import { readSecretsFile, type Secrets, withOwnSecrets } from '@marteau/source';
import { projectId, type Store } from '@marteau/store';
import type { WebConfig } from '../config.ts';

/**
 * The secrets of the server with those of a project. Read each time: a token that was renewed is used at once.
 * @param project normalised URL @throws MarteauError secrets-*, sealed-elsewhere
 */
export async function secretsOf(
  store: Pick<Store, 'projectSecrets'>,
  { secretsFile }: Pick<WebConfig, 'secretsFile'>,
  project: string,
): Promise<Secrets> {
  const [inFile, own] = await Promise.all([
    readSecretsFile(secretsFile),
    store.projectSecrets.open(projectId(project)),
  ]);
  return withOwnSecrets(inFile, project, own);
}
