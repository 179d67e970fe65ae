import type { Span, Threshold } from '@marteau/measure';
import type { Plan, Share } from '@marteau/shared';
import type { ClientOptions } from '../fetch/client.ts';
import type { DataFiles } from '../script/data/read-data.ts';
import type { SearchJob } from './search.ts';

/** What the child process is told: a ShareJob with every path resolved and every default filled in. */
export interface ChildJob {
  /** The repository's folder and the script, absolute, symbolic links resolved. */
  readonly root: string;
  readonly script: string;
  readonly test: string | null;
  /** Null to load the script and list its tests, and no more. */
  readonly plan: Plan | null;
  readonly share: Share;
  readonly node: string;
  /** The file that gets the measurements. */
  readonly file: string;
  readonly client: Omit<ClientOptions, 'rates'>;
  /** Requests per second that `host:port`s allow, of this share. */
  readonly rates: Readonly<Record<string, number>>;
  readonly data: DataFiles;
  readonly expected: readonly number[];
  readonly session: 'iteration' | 'user';
  readonly connections: 'keep' | 'fresh';
  readonly secrets: readonly string[];
  /** Whether every exchange is told of. */
  readonly trace: boolean;
  /** Whether each second is told label by label. */
  readonly perLabel: boolean;
  /** Thresholds that end the load. */
  readonly stopIf: readonly Threshold[];
  /** Apdex T, µs. */
  readonly apdexUs: number;
  /** What is kept second by second, however long the run becomes. */
  readonly close: readonly Span[];
  /** Set when the plan is a search for capacity. */
  readonly search: SearchJob | null;
  readonly env: Readonly<Record<string, string>>;
  readonly threads: number;
  readonly engine: { readonly name: string; readonly version: string };
  /** See ShareLimits. */
  readonly loadMs: number;
  readonly stuckMs: number;
  readonly heapMb: number;
}
