import { shownText } from '@marteau/shared';

/** All that a command may touch of the process, so that commands are tested without one. */
export interface World {
  /** Writes to standard output: what the command was asked for. */
  out(text: string): void;
  /** Writes to standard error: progress and sentences for a person. */
  err(text: string): void;
  /** The same, with what a terminal is to obey; to the other two only colours are such. */
  redraw(text: string): void;
  /** Standard input, as it comes. */
  readonly input: AsyncIterable<string | Buffer>;
  /** Whether standard error is a terminal that can redraw its lines. */
  readonly live: boolean;
  /** Whether colours are wanted on standard error (a terminal, and no NO_COLOR). */
  readonly colour: boolean;
  /** The same for standard output. */
  readonly outColour: boolean;
  /** Width of the terminal in characters, as it is now. */
  readonly columns: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Aborted by the first Ctrl-C: finish early and report. Who never looks at this or at `signal` is ended by the first
   * Ctrl-C, as programs are.
   */
  readonly enough: AbortSignal;
  /** Aborted by the second Ctrl-C, by SIGTERM and by SIGHUP: stop now. The third Ctrl-C ends the process. */
  readonly signal: AbortSignal;
}

const ENDED_BY_CTRL_C = 130;

/** The world of this process. */
export function processWorld(): World {
  const interrupts = lazily(listen);
  const live = process.stderr.isTTY === true && process.env.TERM !== 'dumb';
  // Whoever read the output may have gone (`marteau run | head`); the exit code still tells how it ended.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return {
    out: (text) => void process.stdout.write(shownText(text)),
    err: (text) => void process.stderr.write(shownText(text)),
    redraw: (text) => void process.stderr.write(text),
    get input() {
      return process.stdin;
    },
    live,
    colour: live && !process.env.NO_COLOR,
    outColour: process.stdout.isTTY === true && !process.env.NO_COLOR,
    get columns() {
      return process.stderr.columns ?? 100;
    },
    cwd: process.cwd(),
    env: process.env,
    get enough() {
      return interrupts().enough;
    },
    get signal() {
      return interrupts().signal;
    },
  };
}

function listen(): Pick<World, 'enough' | 'signal'> {
  const enough = new AbortController();
  const now = new AbortController();
  const stop = (): void => {
    enough.abort();
    now.abort();
  };
  let presses = 0;
  process.on('SIGINT', () => {
    presses += 1;
    // The first one beside a SIGTERM, which may be heard before it, is no impatience.
    if (now.signal.aborted && presses > 1) process.exit(ENDED_BY_CTRL_C);
    else if (enough.signal.aborted) stop();
    else enough.abort();
  });
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  return { enough: enough.signal, signal: now.signal };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
