/** Runs that have ended, of another Marteau: what can be merged. */
export interface History extends AsyncDisposable {
  /** For people. */
  readonly name: string;
  runs(): AsyncIterable<HistoryRun>;
  /**
   * Hands over these files, by run, in any order, each at most once.
   * @throws 'backup-damaged', what `handle` throws
   */
  read(
    wanted: ReadonlyMap<string, ReadonlySet<string>>,
    handle: (file: HistoryFile) => Promise<void>,
  ): Promise<void>;
}

export interface HistoryRun {
  id: string;
  /** Tells runs with one id apart; null where its record cannot be read, which `wrong` says. */
  identity: RunIdentity | null;
  wrong?: string;
  files: string[];
}

export interface RunIdentity {
  project: string;
  submittedAt: string;
}

export interface HistoryFile {
  id: string;
  name: string;
  /** Fails at its end where they are damaged. */
  bytes: AsyncIterable<Uint8Array>;
}

/** The record of a run that has ended. */
export const RECORD = 'run.json';

export function isSameRun(a: RunIdentity, b: RunIdentity): boolean {
  return a.project === b.project && a.submittedAt === b.submittedAt;
}
