import { constants } from 'node:os';
import { basename } from 'node:path';

/** Why a launch is over: by itself, or what ended it first. */
export type ExitCause = 'exited' | 'stopped' | 'aborted' | 'deadline' | 'output-limit' | 'could-not-start';

/** How a launch ended. */
export interface Exit {
  readonly cause: ExitCause;
  /**
   * As a shell says it: the program's exit code, or 128 + n when signal n killed it; null when it never ran.
   * (A program that exits with 137 by itself cannot be told from a killed one, as in every shell.)
   */
  readonly code: number | null;
  /** The signal that `code` names, if any. */
  readonly signal: NodeJS.Signals | null;
  /** One sentence for a person, without a full stop: "python3 is not on this node", "npm ended with exit code 1". */
  readonly sentence: string;
}

/** An exit of something that never ran. */
export function neverRan(cause: 'aborted' | 'could-not-start', sentence: string): Exit {
  return { cause, code: null, signal: null, sentence };
}

/** An exit from what Node's `exit` event says (`code` or `signal`, the other is null). */
export function exitOf(
  file: string,
  cause: ExitCause,
  code: number | null,
  signal: NodeJS.Signals | null,
  limits: { readonly deadlineMs?: number; readonly maxOutputBytes?: number },
): Exit {
  const shellCode = signal ? 128 + constants.signals[signal] : (code ?? 0);
  const name = signalOf(shellCode);
  return {
    cause,
    code: shellCode,
    signal: name,
    sentence: sentenceOf(basename(file), cause, shellCode, name, limits),
  };
}

function signalOf(code: number): NodeJS.Signals | null {
  if (code <= 128) return null;
  const found = Object.entries(constants.signals).find(([, number]) => number === code - 128);
  return found ? (found[0] as NodeJS.Signals) : null;
}

function sentenceOf(
  name: string,
  cause: ExitCause,
  code: number,
  signal: NodeJS.Signals | null,
  limits: { readonly deadlineMs?: number; readonly maxOutputBytes?: number },
): string {
  switch (cause) {
    case 'deadline':
      return `${name} took longer than ${seconds(limits.deadlineMs)} and was ended`;
    case 'output-limit':
      return `${name} wrote more than ${limits.maxOutputBytes} bytes and was ended`;
    case 'aborted':
    case 'stopped':
      return `${name} was stopped`;
    default:
      if (signal) return `${name} was killed by ${signal} (exit code ${code})`;
      return code === 0 ? `${name} ended` : `${name} ended with exit code ${code}`;
  }
}

function seconds(ms = 0): string {
  return ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}
