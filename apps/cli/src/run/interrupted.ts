import { CommandError } from '../errors/command-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { World } from '../world.ts';

/** What ends a run, and what ends only its load. */
export interface Interrupts {
  /** Aborts with a CommandError: at the second Ctrl-C; before the load at the first. */
  readonly signal: AbortSignal;
  /** From now on the first Ctrl-C calls this, and the run goes on: what was measured is reported. */
  loadBegins(stop: () => void): void;
}

const SENTENCE = 'Ended before there was anything to judge. Nothing of it is left running.';

export function interruptsOf({ enough, signal }: Pick<World, 'enough' | 'signal'>): Interrupts {
  const ended = new AbortController();
  const end = (): void => ended.abort(new CommandError(SENTENCE, exitCodes.cancelled));
  whenAborted(signal, end);
  let first = end;
  whenAborted(enough, () => first());
  return {
    signal: ended.signal,
    loadBegins(stop) {
      first = stop;
    },
  };
}

function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}
