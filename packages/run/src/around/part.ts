import type { PriorStates } from '@marteau/chaos';
import type { Measurements } from '@marteau/measure';
import type { Allowed } from '@marteau/net';
import type { ChaosCommand, FaultEvent } from '@marteau/shared';
import type { Output, PhaseOutput } from '../console/output.ts';
import type { Deadlines } from '../deadline.ts';
import type { Places } from '../environment/foreign-env.ts';
import type { LaunchForeign } from '../launch-foreign.ts';
import type { HeldNetwork } from '../network/held-network.ts';

/** Something that stands around a run: commands, a proxy, a recording, the app. README.md says how to add one. */
export interface AroundPart {
  /** What it is, for messages: 'app', 'proxies'. */
  readonly name: string;
  /**
   * Resolves once it stands. What it began before it failed it takes back itself.
   * @throws MarteauError; the signal's reason when that aborts
   */
  start(context: AroundContext): Promise<StartedPart>;
}

export interface StartedPart {
  /** Added to the environment of what starts after it, and of the script: its addresses, by name. */
  readonly env: Readonly<Record<string, string>>;
  /** What the load hits, where the file names nothing else. */
  readonly target?: string;
  /** What a report's reader should know of it, by name: 'App'. */
  readonly facts: Readonly<Record<string, string>>;
  /** Where it listens: what other machines that generate load have to reach. */
  readonly doors?: readonly Door[];
  /** Files of text that its environment names, which other machines need, too. Absolute. */
  readonly files?: readonly string[];
  /** The load begins at this moment, ms since 1970. */
  loadBegins?(at: number): void;
  /** The load is over: adds what it saw of it to what was measured. Not called when nothing was. */
  note?<M extends Measured>(measured: M): Promise<M & Seen>;
  /** Ends it, however the run ended: also when the run's signal has aborted. Called once. */
  stop(): Promise<void>;
}

/** A place where something listens, and what it is: 'the app', 'the proxy redis'. */
export interface Door {
  readonly what: string;
  /** As it is reached on its own machine: `127.0.0.1:4711`. */
  readonly at: string;
}

/** Of what was measured that which the parts need: when the load began. */
export type Measured = Pick<Measurements, 'startedAt'>;
/** Of what was measured that which the parts saw. */
export type Seen = Pick<Measurements, 'chaos' | 'recordings'>;

/** One run, as the parts see it. */
export interface AroundContext {
  readonly places: Places;
  /** The whole environment of a program: as it is now, with what every part that has started added to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly console: Output;
  readonly phase: PhaseOutput;
  /** Ends the run. */
  readonly signal: AbortSignal;
  readonly deadlines: Deadlines;
  /** Starts a program where the run's programs live. */
  readonly launch: LaunchForeign;
  /** What the run's programs may reach. */
  readonly network: Pick<HeldNetwork, 'allow' | 'allowRegistries'>;
  /** The host to listen on where other machines have to come in: 0.0.0.0; absent where only this one does. */
  readonly listen?: string | undefined;
  /** Which addresses may be asked in this process's name, for what the file names. */
  readonly allowed: Allowed;
  /** Tells that something broke, by itself or on purpose, while the load ran. */
  onFault(fault: Fault): void;
  /** Where it is written down what has to be put back should this process die; absent where nobody else could do it. */
  readonly priorStates?: PriorStates;
  /** Hears what people ask of the proxies while the load runs; absent where nobody can. @returns what ends the hearing */
  onCommand?(listener: (command: ChaosCommand) => void): () => void;
  /** Keeps a file of text with the run, masked, by its name there; absent where it stays where it is. */
  keepText?(name: string, text: string): Promise<void>;
}

/** A fault as the one tells it to whom it happened; when, the listener knows. */
export type Fault = Omit<FaultEvent, 'type' | 'at'>;
