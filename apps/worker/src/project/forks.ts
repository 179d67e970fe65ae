import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedFile } from '@marteau/file';
import { passwordsIn, secretsIn } from '@marteau/run';
import { MarteauError, type Run } from '@marteau/shared';
import type { Secrets } from '@marteau/source';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';

/** What strangers have written, a pull request from a fork, goes to nodes with this label alone. */
export const FORK_LABEL = { trust: 'forks' } as const;

export function isOfFork({ cause }: Pick<Run, 'cause'>): boolean {
  return cause?.pull?.fork === true;
}

/** Why a node is none for what strangers have written; null where it is one. A sentence's end. */
export function whyNotForForks(
  { secretsFile, dataFolder, npm, node }: Pick<Config, 'secretsFile' | 'dataFolder' | 'npm' | 'node'>,
  containment: string,
): string | null {
  if (node.labels.trust !== FORK_LABEL.trust) return 'it has no label trust=forks';
  if (containment === 'not contained') return 'scripts are not contained here';
  if (secretsFile !== null) return 'it has a secrets file (MARTEAU_SECRETS)';
  if (existsSync(join(dataFolder, 'secrets.key'))) return 'the key of secrets lies in its data folder';
  if (passwordsIn(npm).length > 0) return 'its npm has passwords';
  return null;
}

/** Asked of a node again before anything of a fork begins there. @throws MarteauError no-fork-node */
export function requireForkNode({ config, rung }: Pick<Context, 'config' | 'rung'>, run: Run): void {
  if (isOfFork(run) && whyNotForForks(config, rung.containment) !== null)
    throw new MarteauError('no-fork-node', {});
}

/** Asked before a run of a fork waits for nodes. @throws MarteauError no-fork-node, secrets-of-fork */
export async function requireForkNodes(
  { store, config }: Pick<Context, 'store' | 'config'>,
  run: Run,
  file: ResolvedFile,
): Promise<void> {
  if (!isOfFork(run)) return;
  const names = secretsIn(file.env);
  if (names.length > 0) throw new MarteauError('secrets-of-fork', { names });
  const nodes = await store.nodes.list();
  const isOne = nodes.some(
    ({ roles, labels }) => roles.includes('load') && labels.trust === FORK_LABEL.trust,
  );
  // Where nodes are started as they are wanted, it waits for one.
  if (!isOne && config.nodesMax === null) throw new MarteauError('no-fork-node', {});
}

/** What a run of a fork is given of them: what fetches its repository, and nothing of the project's. */
export function withoutProjects(secrets: Secrets): Secrets {
  return { ...secrets, projects: new Map(), channels: new Map() };
}
