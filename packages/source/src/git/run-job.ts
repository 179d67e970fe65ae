import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Exit, type Launched, launch } from '@marteau/launch';
import { formatBytes, MarteauError } from '@marteau/shared';
import type { CheckedAddress } from '../address/check-address.ts';
import { listen } from './answer.ts';
import type { Job, Progress } from './job.ts';
import { errorForNoRef } from './no-ref.ts';
import type { Failure } from './refusal.ts';
import { errorFromGit } from './said.ts';
import { watchSize } from './watch-size.ts';

const CHILD = fileURLToPath(import.meta.resolve('./git-child.ts'));
const MOST_MEMORY_BYTES = 4 * 1024 ** 3;
const PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin';

/** What every job with a git host is given. */
export interface GitOptions {
  /** Fresh from `checkAddress`. */
  readonly address: CheckedAddress;
  /** Ends the job; it then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Milliseconds for all of it. */
  readonly deadlineMs: number;
  /** Bytes that git may receive, and that the files may have. */
  readonly maxBytes: number;
  /** For this host: a token, or USER:PASSWORD. */
  readonly token?: string | undefined;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly caFile?: string | undefined;
  /** The PATH to find git on. */
  readonly path?: string | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Runs one job in a process of its own and ends all of that, whatever happens.
 * @throws MarteauError clone-*, ref-*, commit-unknown, git-*, marteau-file-*; the signal's reason when it aborts
 */
export async function runJob<Result>(job: Job, options: GitOptions): Promise<Result> {
  const { signal, deadlineMs, path = PATH, maxBytes } = options;
  const child = launch({
    file: process.execPath,
    args: [CHILD],
    cwd: '/',
    env: { PATH: path, LANG: 'C.UTF-8', ...compileCache() },
    signal,
    deadlineMs,
    graceMs: 0,
    maxMemoryBytes: MOST_MEMORY_BYTES,
    extraPipes: 1,
  });
  const words = lastWords(child);
  using size = watchSize(join(job.folder, '.git/objects/pack'), maxBytes, () => child.stop());
  const pipe = child.pipes[0]!;
  pipe.write(`${JSON.stringify(job)}\n`);
  const [answer, exit] = await Promise.all([listen(pipe, options.onProgress), child.exited]);
  if (exit.cause === 'aborted') throw signal.reason;
  if (await size.exceeded()) {
    throw new MarteauError('clone-too-large', { repo: job.repo, limit: formatBytes(maxBytes) });
  }
  if (answer && 'result' in answer) return answer.result as Result;
  throw answer ? errorOf(answer.failure, options) : errorOfExit(exit, words.text, options);
}

/** The child starts in half the time when it shares our cache of compiled modules, if we have one. */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder ? { NODE_COMPILE_CACHE: folder } : {};
}

function lastWords({ stdout, stderr }: Launched): { text: string } {
  const words = { text: '' };
  stdout.resume();
  stderr.on('data', (chunk) => {
    words.text = `${words.text}${chunk}`.slice(-2000);
  });
  return words;
}

function errorOf(failure: Failure, { address, token }: GitOptions): MarteauError {
  switch (failure.kind) {
    case 'error':
      return new MarteauError(failure.code, failure.params as never);
    case 'no-ref':
      return errorForNoRef(address.url, failure.name, failure.refs);
    case 'said':
      return errorFromGit(failure.said, {
        repo: address.url,
        host: address.host,
        hasToken: token !== undefined,
      });
  }
}

function errorOfExit(
  { cause, sentence }: Exit,
  words: string,
  { address, deadlineMs }: GitOptions,
): MarteauError {
  if (cause === 'deadline') {
    return new MarteauError('clone-deadline', { repo: address.url, seconds: Math.ceil(deadlineMs / 1000) });
  }
  const lastLine = words.trim().split('\n').at(-1);
  return new MarteauError('clone-failed', {
    repo: address.url,
    detail: lastLine ? `${sentence}: ${lastLine}` : sentence,
  });
}
