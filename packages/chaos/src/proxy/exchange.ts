import type { Hold } from './piece.ts';

/** One request and its answer, and what behaviours want to happen to them. */
export class Exchange {
  /** From 1 in each connection; 0 is what the backend says before it is asked. */
  readonly number: number;
  command = '';
  path: string | null = null;
  /** Reads a header of HTTP. */
  header: (name: string) => string | undefined = none;
  /** Whatever the protocol needs to answer in the backend's place. */
  context: unknown = null;

  /** Waits before the backend gets the request. */
  readonly before: Hold[] = [];
  /** Waits before the client gets the answer. */
  readonly after: Hold[] = [];
  /** What is to be done instead of passing the request on. */
  fate: Fate = pass;
  /** Changes the first bytes of the answer. */
  garble: ((answer: Buffer) => Buffer) | null = null;
  /** The backend has got its first bytes. */
  asked = false;
  /** The answer has begun. */
  answering = false;

  constructor(number: number) {
    this.number = number;
  }
}

export type Fate =
  | { kind: 'pass' }
  /** The backend never sees it; the client gets these bytes, and is closed if so. */
  | { kind: 'answer'; bytes: Buffer; close: boolean }
  /** The client is closed at once. */
  | { kind: 'close' }
  /** The backend gets the request, and is closed before it can answer. */
  | { kind: 'abort' };

const pass: Fate = { kind: 'pass' };
const none = () => undefined;
