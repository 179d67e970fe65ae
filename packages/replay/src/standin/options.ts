import type { Authority } from '../authority/authority.ts';

/** What a stand-in does with a request. */
export const modes = ['off', 'record', 'replay', 'replayOrRecord', 'diff'] as const;
export type Mode = (typeof modes)[number];

export interface StandInOptions {
  mode: Mode;
  /** The tape; null only where it is off. */
  file: string | null;
  /** The real server, of which this is the stand-in. Without it the client says whom it means: the forward proxy. */
  server?: string | null;
  /** `127.0.0.1:0` unless given. */
  listen?: string;
  /** Times the recorded latency; 1 unless given. */
  latency?: number;
  /** Headers that must be as recorded. */
  headers?: readonly string[];
  /** What becomes of a request that is not on the tape; `fail` unless given. */
  unmatched?: 'fail' | 'pass';
  /** After the last of several recordings of one request; `stay` unless given. */
  repeats?: 'stay' | 'cycle';
  /** Bytes of a body that are recorded; 5 MB unless given. */
  cap?: number;
  /** What else is secret: the first group of each, or all of it. */
  secrets?: readonly RegExp[];
  /** Trusted besides the machine's own when a real server is asked, as PEM. */
  upstreamCa?: string;
  /** Takes any certificate of a real server. */
  insecure?: boolean;
  /** Whose certificates HTTPS clients get; one is made where it is needed and none is given. */
  authority?: Authority;
  /** Hears of what a person has to know. */
  onEvent?: (event: StandInEvent) => void;
}

export interface StandInEvent {
  kind: 'unmatched' | 'difference' | 'trouble';
  sentence: string;
}

/** What happened so far. */
export interface Counts {
  /** Requests. */
  calls: number;
  /** Answered from the tape. */
  replayed: number;
  /** Written to the tape. */
  recorded: number;
  /** Passed to the real server, recorded or not. */
  passed: number;
  /** Not on the tape. */
  unmatched: number;
  /** Answered otherwise by the real server than by the tape. */
  differing: number;
}
