import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Rung } from '@marteau/launch';
import type { Run } from '@marteau/shared';
import type { Config } from '../config.ts';

/**
 * npm's cache for a run. Where programs of runs are held, npm alone can write there, and it runs nobody's code: one
 * cache is for all. Where they are not, a script could leave its own packages for the next run, so each project has one,
 * and commits that are not trusted with its secrets have another.
 */
export function npmCache(
  { dataFolder, uncontained }: Pick<Config, 'dataFolder' | 'uncontained'>,
  rung: Pick<Rung, 'containment'>,
  { project, isTrusted }: Pick<Run, 'project'> & { isTrusted: boolean },
): string {
  const folder = join(dataFolder, 'npm-cache');
  if (rung.containment !== 'not contained' && !uncontained.includes(project)) return join(folder, 'shared');
  const name = createHash('sha256').update(`${isTrusted} ${project}`).digest('hex').slice(0, 16);
  return join(folder, 'of-projects', name);
}
