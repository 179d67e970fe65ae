import type { Readable } from 'node:stream';
import type { ResolvedFile } from '@marteau/file';
import type { EngineMessage, Measurements } from '@marteau/measure';
import type { ChangeLoad, Plan, Share } from '@marteau/shared';
import type { Places } from '../environment/foreign-env.ts';
import type { LaunchForeign } from '../launch-foreign.ts';
import type { Between } from '../network/between.ts';

/**
 * What generates the load of a run: our own (`load`), or somebody else's tool. Ticks, thresholds, report, comparison,
 * chaos and mail know nothing of which it was. One that does not add up what it measures itself is made by
 * `recordedEngine`.
 */
export interface Engine {
  /** For messages and the record of the run: 'marteau'. */
  readonly name: string;
  /**
   * What it is going to do, as far as that is known before.
   * @throws MarteauError script-*; the signal's reason
   */
  plan(work: EngineWork, running: Pick<Running, 'launch' | 'signal'>): Promise<EnginePlan>;
  /**
   * Generates a share of the load and resolves with what was measured. However it ends, nothing of it is left.
   * @throws MarteauError script-*, engine-*; what `begin` throws; the signal's reason when it aborts
   */
  run(share: EngineShare, running: Running): Promise<Measurements>;
}

/** How a script is run: as load; each test once, with every request shown; or by two users, to see whether it can be. */
export type Mode = 'load' | 'once' | 'preflight';

/** What an engine works with. */
export interface EngineWork {
  readonly mode: Mode;
  readonly file: ResolvedFile;
  readonly places: Places;
  /** What the load hits; null where nothing names it. */
  readonly target: string | null;
  /** The whole environment of the script. */
  readonly env: Readonly<Record<string, string>>;
  /** Values that are never shown. */
  readonly secrets: readonly string[];
}

export interface EnginePlan {
  /** Null where the engine has a plan of its own: then stages come with the measurements. */
  readonly plan: Plan | null;
  /** How long it takes, about; null where nobody knows. ms */
  readonly lengthMs: number | null;
}

/** An exact part (`index` of `of`) of the load, for one node. */
export interface EngineShare extends EngineWork, EnginePlan {
  readonly share: Share;
  /** The node's name, for the measurements. */
  readonly node: string;
  /** The run's id, for those who are to recognise its requests. */
  readonly run: string;
  /** Where owners of hosts can stop the load, by the names of these: to go with the requests unless the file's `mark` is false. */
  readonly stops: Readonly<Record<string, string>>;
  /** Requests per second that `host:port`s allow, of all shares together. */
  readonly rates: Readonly<Record<string, number>>;
  /** A folder for what it hands in. Absolute. */
  readonly out: string;
}

/** Who runs a share, as the engine sees it. */
export interface Running {
  /** Starts a program where the run's programs live. */
  readonly launch: LaunchForeign;
  /** Ends it, and throws away what was measured. */
  readonly signal: AbortSignal;
  onMessage(message: EngineMessage): void;
  /** Reads the console of its programs to the end; resolves then. */
  read(stdout: Readable, stderr: Readable): Promise<void>;
  /** Opens where a program of ours stands between the load and its target; null where that cannot be held. */
  readonly openBetween?: (() => Promise<Between>) | null;
  /** All is ready: resolves with the moment to start at, ms since 1970, or undefined for at once. */
  begin(): Promise<number | undefined>;
  /**
   * The load was told to start.
   * @param stop ends it early and keeps what was measured
   * @param change makes another load of it; absent where the engine cannot
   */
  onStart(stop: () => void, change?: ChangeLoad): void;
}
