import { readdir, stat } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Exit, type Launched, launch } from '@marteau/launch';
import { formatBytes, MarteauError } from '@marteau/shared';
import type { CheckedAddress } from '../address/check-address.ts';
import type { Job, Message, Progress, Remote } from './job.ts';
import { errorForNoRef } from './no-ref.ts';
import type { Failure } from './refusal.ts';
import { errorFromGit } from './said.ts';

const CHILD = fileURLToPath(import.meta.resolve('./git-child.ts'));
const LOOK_EVERY_MS = 100;
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
  const size = watchSize(join(job.folder, '.git/objects/pack'), maxBytes, () => child.stop());
  child.pipes[0]!.write(`${JSON.stringify(job)}\n`);
  const [answer, exit] = await Promise.all([listen(child, options.onProgress), child.exited]);
  clearInterval(size.timer);
  if (answer && 'result' in answer) return answer.result as Result;
  if (exit.cause === 'aborted') throw signal.reason;
  if (size.exceeded)
    throw new MarteauError('clone-too-large', { repo: job.repo, limit: formatBytes(maxBytes) });
  throw answer ? errorOf(answer.failure, options) : errorOfExit(exit, words.text, options);
}

/** The child starts in half the time when it shares our cache of compiled modules, if we have one. */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder ? { NODE_COMPILE_CACHE: folder } : {};
}

/** What the child needs to know of the address. */
export function remoteOf({ address, token, caFile }: GitOptions): Remote {
  const { cloneUrl, protocol, host, port, addresses, trusted } = address;
  const isPinned = addresses.length > 0;
  return {
    url: cloneUrl,
    protocol,
    pins: isPinned
      ? [`${host}:${port}:${addresses.map((one) => (one.includes(':') ? `[${one}]` : one)).join(',')}`]
      : [],
    mustPin: isPinned && !trusted,
    authorization: token && protocol !== 'file' ? basic(token) : null,
    caFile: caFile ?? null,
  };
}

/** The big hosts take any user name with a token. */
function basic(token: string): string {
  return `Basic ${Buffer.from(token.includes(':') ? token : `x-access-token:${token}`).toString('base64')}`;
}

type Answer = Exclude<Message, { progress: Progress }>;

/** Passes progress on and resolves with the answer, or with undefined when the child ends without one. */
async function listen(
  child: Launched,
  onProgress?: (progress: Progress) => void,
): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  for await (const line of createInterface(child.pipes[0]!)) {
    const message = JSON.parse(line) as Message;
    if ('progress' in message) onProgress?.(message.progress);
    else answer = message;
  }
  return answer;
}

/** Looks how much git has received; nothing in git limits that. */
function watchSize(folder: string, maxBytes: number, stop: () => void) {
  const watch = { exceeded: false, timer: setInterval(look, LOOK_EVERY_MS) };
  async function look(): Promise<void> {
    if (watch.exceeded || (await sizeOf(folder)) <= maxBytes) return;
    watch.exceeded = true;
    stop();
  }
  return watch;
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
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
