/** A program and all it needs to start, as `spawn` takes it. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** One program inside a sandbox. `pid` is that of the process that `command` became. */
export interface Enclosure {
  /** What to spawn, as the leader of a new session, so that the program starts inside. */
  readonly command: Command;
  /**
   * Sent to what was spawned, through a further pipe at the descriptor that `enclose` was given, once it has written
   * anything there: by then it is tied to our life.
   */
  readonly orders?: string;
  /** Called before the orders are given: puts what was spawned under limits. @throws the system's error */
  admit?(pid: number): void;
  /** Asks the program to end: SIGTERM, once. */
  terminate(pid: number): void;
  /** Kills the program and all that it started. The spawned process ends when all of it has. */
  kill(pid: number): void;
  /** Called once the spawned process has ended: resolves when nothing that it started is left. */
  clear(pid: number): Promise<void>;
}

/**
 * A way to start a foreign program so that it can be stopped whole.
 *
 *     launch ──spawn──▶ command (wraps) ──▶ the program ──▶ whatever it starts
 *        └── terminate / kill ────┘            all of it ends with the command, and with us
 */
export interface Sandbox {
  readonly name: string;
  /** Whether all that a program starts ends with it and with us, daemons too, whatever they do. */
  readonly isSealed: boolean;
  /** Whether this machine lets us use it. Tries for real; asked once per process. */
  isAvailable(): boolean;
  enclose(command: Command, descriptor: number): Enclosure;
}
