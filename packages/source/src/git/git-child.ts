import { once } from 'node:events';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { GitError, type SimpleGit } from 'simple-git';
import { hardenedGit } from './hardened-git.ts';
import type { FetchJob, FetchResult, Job, Message, Progress } from './job.ts';
import { listFiles } from './list-files.ts';
import { runRead } from './read-job.ts';
import { type Located, locate, receive } from './receive.ts';
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
  const open = (url: string) => hardenedGit({ folder, remote: { ...remote, url }, path, onProgress });
  let git = open(remote.url);
  if (remote.mustPin) await requirePinning(git);
  const located = await locate(git, ref).catch((error: unknown) => {
    if (!wantsDotGit(error, remote.url)) throw error;
    git = open(`${remote.url}.git`);
    return locate(git, ref);
  });
  return job.kind === 'fetch' ? runFetch(git, located, job) : runRead(git, located, job);
}

function onProgress(progress: Progress): void {
  if (progress.stage === lastProgress?.stage && progress.percent === lastProgress.percent) return;
  lastProgress = progress;
  say({ progress });
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
export async function runFetch(git: SimpleGit, located: Located, job: FetchJob): Promise<FetchResult> {
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
  return { ...found, submodules: pathsOf(SUBMODULE), symlinks: pathsOf(SYMLINK) };
}
