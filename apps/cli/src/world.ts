/** All that a command may touch of the process, so that commands are tested without one. */
export interface World {
  /** Writes to standard output: what the command was asked for. */
  out(text: string): void;
  /** Writes to standard error: progress and sentences for a person. */
  err(text: string): void;
  /** Whether standard error is a terminal that can redraw its lines. */
  live: boolean;
  /** Whether colours are wanted (a terminal, and no NO_COLOR). */
  colour: boolean;
  /** Width of the terminal in characters. */
  columns: number;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted by the second Ctrl-C, or SIGTERM: stop now. */
  signal: AbortSignal;
  /** Aborted by the first Ctrl-C: finish early and report. */
  enough: AbortSignal;
}

/** The world of this process. The first Ctrl-C asks to finish, the second one stops. */
export function processWorld(): World {
  const now = new AbortController();
  const enough = new AbortController();
  process.on('SIGINT', () => (enough.signal.aborted ? now.abort() : enough.abort()));
  process.on('SIGTERM', () => {
    enough.abort();
    now.abort();
  });
  const live = process.stderr.isTTY === true && process.env.TERM !== 'dumb';
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    live,
    colour: live && !process.env.NO_COLOR,
    columns: process.stderr.columns ?? 100,
    cwd: process.cwd(),
    env: process.env,
    signal: now.signal,
    enough: enough.signal,
  };
}
