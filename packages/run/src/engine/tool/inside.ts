import type { LaunchForeign } from '../../launch-foreign.ts';

interface Inside {
  readonly launch: LaunchForeign;
  readonly signal: AbortSignal;
  /** Milliseconds that it may take: a pipe that one of them has put there would keep it for good. */
  readonly deadlineMs?: number;
}

const WITHIN_MS = 15_000;

/**
 * Writes a file into a folder in which programs of the run write, too: as one of them, so that a link that one has put
 * there leads nowhere that they could not write themselves.
 * @param path absolute
 */
export async function writeInside(
  path: string,
  content: string | Buffer,
  { launch, signal, deadlineMs = WITHIN_MS }: Inside,
): Promise<void> {
  const program = launch({ ...shell('cat > "$1"', path), signal, deadlineMs, stdin: 'pipe' });
  program.stdin!.end(content);
  await ended(program);
}

/** Removes a file or a folder there, in the same way. */
export async function removeInside(path: string, { launch, signal }: Inside): Promise<void> {
  await ended(launch({ ...shell('rm -rf -- "$1"', path), signal }));
}

function shell(command: string, path: string) {
  return {
    file: '/bin/sh',
    args: ['-c', command, 'sh', path],
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  };
}

async function ended(program: ReturnType<LaunchForeign>): Promise<void> {
  program.stdout.resume();
  program.stderr.resume();
  await program.exited;
}
