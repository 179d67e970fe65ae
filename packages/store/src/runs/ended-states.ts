import { hasEnded, RunState } from '@marteau/shared';

/** The states in which a run stays. */
export const ENDED: readonly RunState[] = RunState.enum.filter(hasEnded);
