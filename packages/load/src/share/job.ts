import type { ResolvedFile } from '@marteau/file';
import type { Plan, Share } from '@marteau/shared';

/**
 * What of `.marteau.yml` the engine itself goes by. `load` matters where it is a search for capacity: the plan has its
 * rising rates, and a share that is alone (1 of 1) goes on from what they show.
 */
export type LoadOptions = Pick<
  ResolvedFile,
  'session' | 'connections' | 'mark' | 'labels' | 'expected' | 'tls' | 'requestTimeoutMs' | 'data'
> &
  Partial<Pick<ResolvedFile, 'http' | 'stopIf' | 'apdexUs' | 'chaos'>> & {
    readonly load?: Pick<ResolvedFile['load'], 'kind' | 'while'>;
  };

/** The load that one node is to generate. */
export interface ShareJob {
  /** The unpacked tree, absolute. */
  readonly root: string;
  /** Relative to `root`. */
  readonly wdir: string;
  /** Relative to `wdir`. */
  readonly script: string;
  /** The one test to run, by its name or full name; null for all. */
  readonly test: string | null;
  readonly plan: Plan;
  readonly share: Share;
  /** The node's name, for the measurements. */
  readonly node: string;
  /** Where relative URLs lead; null where nothing names it. */
  readonly target: string | null;
  /** The whole environment of the script, besides MARTEAU_TARGET. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder that gets measurements.json. */
  readonly out: string;
  readonly options: LoadOptions;
  /** The run's id, for X-Marteau-Run. */
  readonly run: string | null;
  /** Where owners of hosts can stop the load, by the names of these: goes with the User-Agent. */
  readonly stops?: Readonly<Record<string, string>>;
  /** Requests per second that `host:port`s allow, of all shares together. */
  readonly rates?: Readonly<Record<string, number>>;
  /** Values that are never shown. */
  readonly secrets: readonly string[];
  /** Tells of every exchange, with request and answer, up to 1,000 a thread: for whoever tries a script once. */
  readonly trace?: boolean;
  /** Tells of each second label by label. */
  readonly perLabel?: boolean;
  /** Worker threads; by default as many as the node has cores, less one. */
  readonly threads?: number;
  readonly limits?: Partial<ShareLimits>;
}

/** How long the script may keep things waiting (ms), and what it may use. */
export interface ShareLimits {
  /** For the script to be loaded. */
  readonly loadMs: number;
  /** A thread may be busy without a pause. */
  readonly stuckMs: number;
  /** MB of JavaScript heap a thread may use. */
  readonly heapMb: number;
}

export const defaultLimits: ShareLimits = { loadMs: 30_000, stuckMs: 30_000, heapMb: 4096 };
