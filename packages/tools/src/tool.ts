import type { ResolvedFile, Runner } from '@marteau/file';
import type { Share, Stage } from '@marteau/shared';
import type { Format, Hear } from './reader.ts';

export type ToolName = Exclude<Runner, 'node-test'>;

/** Somebody's tool that generates load: how it is found, told what to do, and understood. README.md says how to add one. */
export interface Tool {
  readonly name: ToolName;
  /** As people write it: 'k6', 'Locust'. */
  readonly title: string;
  /** What has to be on a node; null where any shell will do. */
  readonly program: Program | null;
  /** What has to be there for a project, where that is another one. @param beside names of what lies in wdir */
  programOf?(script: string, beside: readonly string[]): Program;
  /** Whether a text is a script of this tool. @param path in the repository */
  isScript(path: string, text: string): boolean;
  /** What the script itself says of its load, as far as that can be read without running it. */
  ownPlan(text: string): OwnPlan;
  /** A command line that makes the tool itself say what its own plan is, more exactly than the script's text does. */
  inspect?(work: Pick<ToolWork, 'script' | 'wdir' | 'target'>): Inspection;
  /** Why it cannot run without a load from outside, and what to write; null where it can. */
  needsLoad?(text: string): string | null;
  /** What its script would fetch from the internet at its start, and what to do, as a sentence; null for nothing. */
  wants?(text: string): string | null;
  /** Whether nodes divide the tool's own plan exactly; else only a load of the file can be divided. */
  readonly dividesOwnPlan: boolean;
  /** Whether it may use more than one processor. */
  readonly usesAllProcessors: boolean;
  /** Why it cannot be told this stage truthfully, and what can be written instead; null where it can. */
  refuses(stage: Stage, text: string): string | null;
  invoke(work: ToolWork): Invocation;
  /** What an exit code of its own means; null for those that say nothing more than a number. */
  exitMeans(code: number): string | null;
  /** What a line of its console confesses: of failures, of what it could not do. @param at ms since the load began */
  overhear?(line: string, hear: Hear, at: number): void;
  /** A threshold of its own that a line of its console tells of. */
  judges?(line: string): OwnThreshold | null;
  /** Its own thresholds, from the file that `Invocation.summary` names; empty where it cannot be read. */
  thresholdsIn?(summary: string): OwnThreshold[];
}

export interface Program {
  readonly file: string;
  /** What makes it print its version. */
  readonly args: readonly string[];
  version(printed: string): string | null;
  /** It takes more than a moment to say its version. */
  readonly isSlow?: boolean;
  /** How it gets onto a node, as the rest of a sentence: 'go install go.k6.io/k6@latest'. */
  readonly install: string;
}

export interface Inspection extends Pick<Invocation, 'file' | 'args' | 'env'> {
  /** Null where what was printed says nothing. */
  read(printed: string): Pick<OwnPlan, 'lengthMs'> | null;
}

export interface OwnPlan {
  /** 'two scenarios'; empty where nothing can be said. */
  readonly what: string;
  /** ms; null where that is not known. */
  readonly lengthMs: number | null;
  /** Whether iterations start at a rate. */
  readonly isOpen: boolean;
}

/** A threshold of the tool's own, as the tool judged it. */
export interface OwnThreshold {
  readonly text: string;
  readonly held: boolean;
}

/** What a tool is run with: all of its own plan, or one stage of the file's load. */
export interface ToolWork {
  readonly runner: ResolvedFile['runner'];
  /** Relative to wdir. */
  readonly script: string;
  /** The script's text. */
  readonly text: string;
  /** Absolute. */
  readonly wdir: string;
  /** Names of what lies in wdir. */
  readonly beside: readonly string[];
  /** A folder of this process alone, for what it writes. Absolute. */
  readonly out: string;
  readonly target: string | null;
  readonly share: Share;
  /** What of the load is this share's. Null: the tool's own plan. */
  readonly stage: Stage | null;
  readonly version: string;
}

/** A command line, and where what it measures is found. */
export interface Invocation {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files to be written into `out` before, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Null: its requests are measured at the wire. */
  readonly output: Output | null;
  /** A file that it writes at its end. Absolute. */
  readonly summary?: string;
}

export interface Output {
  readonly format: Format;
  /** A file, absolute; null for standard output. */
  readonly file: string | null;
  /** `file` is a folder, in whose folders a file of this name comes to be. */
  readonly within?: string;
  /** Whether what is on standard output and no result is for people: its lines begin otherwise than `{`. */
  readonly isMixed?: boolean;
}
