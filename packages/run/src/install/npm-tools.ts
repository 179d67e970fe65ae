import { delimiter, dirname, isAbsolute, relative } from 'node:path';
import { findProgram } from '@marteau/launch';
import { MarteauError } from '@marteau/shared';

/** What npm is started with: itself and git by their whole paths, and a PATH on which a project has no say. */
export interface NpmTools {
  readonly npm: string;
  readonly git: string;
  readonly path: string;
}

/**
 * @param searchPath where programs of the node are; what lies in the project, or is no whole path, is left out
 * @throws MarteauError npm-failed where the node has no npm
 */
export function npmTools(tree: string, searchPath: string): NpmTools {
  const folders = [dirname(process.execPath), ...searchPath.split(delimiter)];
  const path = folders.filter((folder) => isAbsolute(folder) && isOutside(tree, folder)).join(delimiter);
  const npm = findProgram('npm', '/', path);
  if ('problem' in npm) throw new MarteauError('npm-failed', { detail: npm.problem });
  const git = findProgram('git', '/', path);
  return { npm: npm.path, git: 'path' in git ? git.path : '/nonexistent/git', path };
}

function isOutside(tree: string, folder: string): boolean {
  return relative(tree, folder).split('/')[0] === '..';
}
