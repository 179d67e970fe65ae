import { text } from 'node:stream/consumers';
import { launch } from '@marteau/launch';
import { parseAddress } from '@marteau/source';

export interface LocalCommit {
  /** 40 hex digits. */
  readonly id: string;
  readonly subject: string;
  /** 'Dora Maar <dora@example.com>' */
  readonly author: string;
  /** Whether files in the folder differ from it. */
  readonly changed: boolean;
  /** Whether a branch of a remote holds it, as far as this machine knows. */
  readonly pushed: boolean;
}

interface GitOptions {
  /** Where git is looked for. */
  path: string;
  signal: AbortSignal;
}

const ANSWER_WITHIN_MS = 10_000;

/** What git knows of a folder; nothing where it is no working tree, or git is missing. */
export async function commitOf(
  folder: string,
  options: GitOptions,
): Promise<{ commit: LocalCommit | null; origin: string | null }> {
  const [log, status, remote, branches] = await Promise.all([
    git(folder, ['log', '-1', '--format=%H%n%s%n%an <%ae>'], options),
    git(folder, ['status', '--porcelain', '--untracked-files=normal', '--', '.'], options),
    git(folder, ['remote', 'get-url', 'origin'], options),
    git(folder, ['branch', '--remotes', '--contains', 'HEAD'], options),
  ]);
  const [id, subject = '', author = ''] = log?.split('\n') ?? [];
  const commit = id ? { id, subject, author, changed: status !== '', pushed: Boolean(branches) } : null;
  return { commit, origin: remote === null ? null : normalised(remote) };
}

/** What git answers, without the last line's end; null when it fails. */
async function git(folder: string, args: string[], { path, signal }: GitOptions): Promise<string | null> {
  const program = launch({
    file: 'git',
    // A repository's own settings may name programs to run; these two are the ones that reading would start.
    args: ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-C', folder, ...args],
    cwd: folder,
    env: {
      PATH: path,
      LANG: 'C.UTF-8',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
    },
    signal,
    deadlineMs: ANSWER_WITHIN_MS,
    maxOutputBytes: 4 * 1024 * 1024,
  });
  program.stderr.resume();
  const [said, exit] = await Promise.all([text(program.stdout).catch(() => ''), program.exited]);
  return exit.code === 0 ? said.trimEnd() : null;
}

/** The repository's address as the service writes it, without credentials; null for what it would not take. */
function normalised(remote: string): string | null {
  const ssh = /^(?:ssh:\/\/)?[\w.-]+@([\w.-]+)[:/](.+)$/.exec(remote);
  try {
    return parseAddress(ssh ? `https://${ssh[1]}/${ssh[2]}` : remote).url;
  } catch {
    return null;
  }
}
