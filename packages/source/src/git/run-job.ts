import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Exit, type Launched, launch } from '@marteau/launch';
import { hostInUrl } from '@marteau/net';
import { formatBytes, MarteauError, nearest } from '@marteau/shared';
import type { CheckedAddress } from '../address/check-address.ts';
import { looksLikeShortSha } from '../ref.ts';
import type {
  BetweenJob,
  FetchJob,
  Job,
  MergeBaseJob,
  Message,
  Progress,
  ReadJob,
  RefsJob,
  Remote,
} from './job.ts';
import type { Failure } from './refusal.ts';
import { errorFromGit } from './said.ts';
import { watchSize } from './watch-size.ts';

const CHILD = fileURLToPath(import.meta.resolve('./git-child.ts'));
const MOST_MEMORY_BYTES = 4 * 1024 ** 3;
const PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin';
const MOST_NAMES = 5;

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

/** A job as its caller knows it: whose repository it is, the options say. */
type AskedJob = Asked<FetchJob> | Asked<ReadJob> | Asked<MergeBaseJob> | Asked<BetweenJob> | Asked<RefsJob>;
type Asked<J extends Job> = Omit<J, 'remote' | 'repo'>;

/**
 * Runs one job in a process of its own and ends all of that, whatever happens.
 * @throws MarteauError clone-*, ref-*, commit-unknown, git-*, marteau-file-*; the signal's reason when it aborts
 */
export async function runJob<Result>(asked: AskedJob, options: GitOptions): Promise<Result> {
  const job: Job = { ...asked, remote: remoteOf(options), repo: options.address.url };
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

type Answer = Exclude<Message, { readonly progress: Progress }>;

/** Passes the child's progress on and resolves with its answer, or with undefined when it ends without one. */
async function listen(
  pipe: Readable,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<Answer | undefined> {
  let answer: Answer | undefined;
  for await (const line of createInterface(pipe)) {
    const message = parse(line);
    if (!message) continue;
    if ('progress' in message) onProgress?.(message.progress);
    else answer = message;
  }
  return answer;
}

/** A child that is killed may leave half a line. */
function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return undefined;
  }
}

/** The error for a branch or tag that is not there, where these refs are. */
function errorForNoRef(repo: string, name: string, refs: readonly string[]): MarteauError {
  if (refs.length === 0) return new MarteauError('clone-empty', { repo });
  if (looksLikeShortSha(name)) return new MarteauError('ref-short-sha', { ref: name });
  return new MarteauError('ref-unknown', { ref: name, repo, branches: listed(name, namesOf(refs)) });
}

interface Names {
  readonly branches: readonly string[];
  readonly tags: readonly string[];
}

function namesOf(refs: readonly string[]): Names {
  const after = (prefix: string) =>
    refs.filter((ref) => ref.startsWith(prefix)).map((ref) => ref.slice(prefix.length));
  return { branches: after('refs/heads/'), tags: after('refs/tags/').filter((tag) => !tag.endsWith('^{}')) };
}

/** A few names, the one that was probably meant first. */
function listed(name: string, { branches, tags }: Names): string {
  const meant = nearest(name, [...branches, ...tags]);
  const names = [...new Set([...(meant ? [meant] : []), ...branches])];
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

/** What the child needs to know of a checked address. */
function remoteOf({ address, token, caFile }: GitOptions): Remote {
  const { cloneUrl, protocol, host, port, addresses, trusted } = address;
  const isPinned = addresses.length > 0;
  return {
    url: cloneUrl,
    protocol,
    pins: isPinned ? [`${host}:${port}:${addresses.map(hostInUrl).join(',')}`] : [],
    mustPin: isPinned && !trusted,
    authorization: token && protocol !== 'file' ? basic(token) : null,
    caFile: caFile ?? null,
  };
}

/** The big hosts take any user name with a token; where one matters the token is USER:PASSWORD. */
function basic(token: string): string {
  return `Basic ${Buffer.from(token.includes(':') ? token : `x-access-token:${token}`).toString('base64')}`;
}
