import type { Exceeded } from '@marteau/launch';
import { formatBytes, formatCount, isMarteauError, MarteauError } from '@marteau/shared';

/** What limits did to the programs of a run, for its report. */
export function exceededInWords(exceeded: readonly Exceeded[], who = 'The run’s programs'): string[] {
  return exceeded.map(({ what, most }) =>
    what === 'memory'
      ? `${who} wanted more than ${formatBytes(most)} of memory, and the kernel ended ${who === 'npm' ? 'it' : 'one of them'}. MARTEAU_RUN_MEMORY_GB on the node says how much they may have.`
      : `${who} wanted more than ${formatCount(most)} processes and threads at once, and got no more. MARTEAU_RUN_TASKS on the node says how many they may have.`,
  );
}

/** An error of a run in which limits had a part tells of them first; any other stays as it is. */
export function explainedByLimits(error: unknown, exceeded: readonly Exceeded[], who?: string): unknown {
  if (!isMarteauError(error) || exceeded.length === 0) return error;
  return new MarteauError('limits-exceeded', {
    why: exceededInWords(exceeded, who).join(' '),
    detail: error.message,
  });
}
