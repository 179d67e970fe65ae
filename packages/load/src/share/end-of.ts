import type { ProgramExit } from '@marteau/launch';
import { MarteauError } from '@marteau/shared';

/** Why a child ended that did not say so itself. V8 aborts a process whose heap is full; nothing else here does. */
export function endOf({ signal, sentence }: ProgramExit): MarteauError {
  const detail = sentence.replace(/\.$/, '');
  return new MarteauError(signal === 'SIGABRT' ? 'script-out-of-memory' : 'engine-lost', { detail });
}
