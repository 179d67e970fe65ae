import type { Run, RunState } from '@marteau/shared';

/** A state or verdict as people see it: word, shape and colour. */
export interface Badge {
  /** CSS class that colours it. */
  kind: string;
  /** Name of a symbol in templates/partials/icons.njk. */
  icon: string;
  word: string;
}

const states: Record<Exclude<RunState, 'finished'>, Badge> = {
  queued: { kind: 'waiting', icon: 'waiting', word: 'queued' },
  preparing: { kind: 'running', icon: 'running', word: 'preparing' },
  waiting: { kind: 'waiting', icon: 'waiting', word: 'waiting' },
  running: { kind: 'running', icon: 'running', word: 'running' },
  reporting: { kind: 'running', icon: 'running', word: 'reporting' },
  cancelling: { kind: 'running', icon: 'running', word: 'cancelling' },
  cancelled: { kind: 'cancelled', icon: 'cancelled', word: 'cancelled' },
  error: { kind: 'error', icon: 'error', word: 'error' },
};

/** What a run is right now: its verdict once it finished, else its state. */
export function badge(run: Pick<Run, 'state' | 'verdict'>): Badge {
  if (run.state !== 'finished') return states[run.state];
  if (run.verdict === null) return { kind: 'error', icon: 'error', word: 'no verdict' };
  return { kind: run.verdict, icon: run.verdict, word: run.verdict };
}
