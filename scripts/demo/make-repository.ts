import { execFile } from 'node:child_process';
import { cp, mkdir, rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

// The same files give the same commit, on every machine and every day.
const fixed = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Marteau',
  GIT_AUTHOR_EMAIL: 'marteau@example.com',
  GIT_AUTHOR_DATE: '2012-11-21T09:30:00Z',
  GIT_COMMITTER_NAME: 'Marteau',
  GIT_COMMITTER_EMAIL: 'marteau@example.com',
  GIT_COMMITTER_DATE: '2012-11-21T09:30:00Z',
};

/** Makes a git repository with one commit out of a folder, and resolves with its address. */
export async function makeRepository(from: string, into: string): Promise<string> {
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  await cp(from, into, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  const git = (...args: string[]) => run('git', args, { cwd: into, env: { ...process.env, ...fixed } });
  await git('init', '--quiet', '--initial-branch=main');
  await git('-c', 'core.autocrlf=false', 'add', '--all');
  await git('commit', '--quiet', '--no-gpg-sign', '--message=Open the shop');
  return pathToFileURL(into).href;
}
