import type { Fold } from '@marteau/measure';
import type { Observation } from './observation.ts';

/** Takes what is read, as it is read. */
export type Hear = (seen: Observation) => void;

/** What a reader of a tool's output has to know. */
export interface Reading {
  /** Moment 0, ms since 1970: what is told counts from there. */
  readonly startedAt: number;
  /** Folds paths into labels, where a tool tells addresses and no names. */
  readonly fold: Fold;
  /** Statuses from 400 on that are no errors. */
  readonly expected: ReadonlySet<number>;
}

/** Reads one output of one program, piece by piece. */
export interface Reader {
  /** More of it, cut anywhere. */
  write(chunk: Buffer): void;
  /** There is no more: what is half told is not told. */
  end(): void;
}

/** How exactly a format tells times, and what they are. */
export interface Figures {
  /** Single times, histograms, or figures that the tool has computed itself. */
  readonly precision: 'raw' | 'histogram' | 'summary';
  /** Steps of its clock, µs. */
  readonly resolutionUs: number;
  /** Largest relative error of a histogram's or summary's values. */
  readonly error?: number;
  /** From what to what a request's time is: 'from the request to the first byte of the answer'. */
  readonly time: string;
  /** What else has to be known to read the figures rightly, in sentences. */
  readonly notes?: readonly string[];
}

/** A way in which tools write what they measured. README.md says how to add one. */
export interface Format {
  /** A name of `results.format`, or one of a tool's own. */
  readonly name: string;
  readonly figures: Figures;
  reader(hear: Hear, reading: Reading): Reader;
}
