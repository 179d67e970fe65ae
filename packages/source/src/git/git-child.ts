import { once } from 'node:events';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { GitError, type SimpleGit } from 'simple-git';
import { between } from './between.ts';
import { hardenedGit } from './hardened-git.ts';
import type { FetchJob, FetchResult, Job, Message, Progress, Remote } from './job.ts';
import { listFiles } from './list-files.ts';
import { mergeBaseOf } from './merge-base.ts';
import { protectedBy } from './protected.ts';
import { runRead } from './read-job.ts';
import { type Located, locate, receive } from './receive.ts';
import { refsOf } from './refs.ts';
import { type Failure, Refusal, refusal } from './refusal.ts';

// The process in which git's work is done, so that the launcher can end it whole: an aborted simple-git leaves
// git-remote-https alive. It reads one job from descriptor 3 and answers there; run-job.ts is its other end.

const SUBMODULE = '160000';
const SYMLINK = '120000';

const path = process.env.PATH ?? '';
let lastProgress: Progress | undefined;

const channel = new Socket({ fd: 3 });
const say = (message: Message): boolean => channel.write(`${JSON.stringify(message)}\n`);
const [line] = await once(createInterface(channel), 'line');
const NEEDED_GIT = [2, 37] as const;
say(
  await run(JSON.parse(line as string) as Job).then(
    (result) => ({ result }),
    (error) => ({ failure: failureOf(error) }),
  ),
);
channel.end();

async function run(job: Job) {
  const { remote, ref, folder } = job;
  const open = (given: Remote) => hardenedGit({ folder, remote: given, path, onProgress });
  if (remote.mustPin) await requirePinning(open(remote));
  const reach = async (given: Remote) => {
    const git = open(given);
    const byToken = given.authorization !== null;
    // One process of git for what is asked of thousands of repositories.
    if (job.kind === 'refs') return { refs: await refsOf(git, job.known) };
    return { git, located: await locate(git, ref), byToken };
  };
  const reachEither = (given: Remote) =>
    reach(given).catch((error: unknown) => {
      if (!wantsDotGit(error, given.url)) throw error;
      return reach({ ...given, url: `${given.url}.git` });
    });
  // What everybody may read is read as everybody does: the token is shown where nothing else helps.
  const reached = await reachEither({ ...remote, authorization: null }).catch((error) => {
    if (remote.authorization === null || !isHidden(error)) throw error;
    return reachEither(remote);
  });
  if (reached.refs !== undefined) return reached.refs;
  const { git, located, byToken } = reached;
  switch (job.kind) {
    case 'fetch':
      return { ...(await runFetch(git, located, job)), byToken };
    case 'read':
      return { ...(await runRead(git, located, job)), byToken };
    case 'refs':
      throw new Error('refs are listed at once');
    case 'merge-base':
      return { base: await mergeBaseOf(git, located, job) };
    case 'between':
      return between(git, located, job);
  }
}

function onProgress(progress: Progress): void {
  if (progress.stage === lastProgress?.stage && progress.percent === lastProgress.percent) return;
  lastProgress = progress;
  say({ progress });
}

/** A host says of what is not for everybody that it wants to know who asks, or that there is no such thing. */
function isHidden(error: unknown): boolean {
  const says = /could not read (Username|Password)|Authentication failed|returned error: 4\d\d|not found/i;
  return error instanceof GitError && says.test(error.message);
}

/** Hosts like GitLab redirect to the address with `.git` at the end, and redirects are not followed. */
function wantsDotGit(error: unknown, url: string): boolean {
  return error instanceof GitError && !url.endsWith('.git') && /returned error: 30\d/.test(error.message);
}

function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return error.failure;
  return { kind: 'said', said: error instanceof Error ? error.message : String(error) };
}

/** An older git ignores http.curloptResolve, and would look the host up again by itself. */
async function requirePinning(git: SimpleGit): Promise<void> {
  const { major, minor, patch, installed } = await git.version();
  if (!installed) throw refusal('git-missing', {});
  if (major > NEEDED_GIT[0] || (major === NEEDED_GIT[0] && minor >= NEEDED_GIT[1])) return;
  throw refusal('git-too-old', { version: `${major}.${minor}.${patch}`, needed: NEEDED_GIT.join('.') });
}

/** Fetches the commit and writes its files, once it is known that they are few and small enough. */
export async function runFetch(
  git: SimpleGit,
  located: Located,
  job: FetchJob,
): Promise<Omit<FetchResult, 'byToken'>> {
  const found = await receive(git, located, job.repo, false);
  const files = await listFiles(git, found.commit, true);
  if (files.length > job.maxFiles) {
    throw refusal('clone-too-many-files', { repo: job.repo, limit: job.maxFiles });
  }
  if (files.reduce((sum, { size }) => sum + size, 0) > job.maxBytes) {
    throw refusal('clone-too-large', { repo: job.repo, limit: job.sizeLimit });
  }
  await git.raw(['reset', '--hard', found.commit]); // not checkout, which is silent: simple-git waits longer on silence
  const pathsOf = (wanted: string) => files.filter(({ mode }) => mode === wanted).map(({ path }) => path);
  const { protectedRefs } = job;
  return {
    ...found,
    submodules: pathsOf(SUBMODULE),
    symlinks: pathsOf(SYMLINK),
    protectedBy: protectedRefs === undefined ? null : await protectedBy(git, found, protectedRefs),
  };
}
