import { type Static, Type } from 'typebox';

/**
 *  queued ─▶ preparing ─▶ waiting ─▶ running ─▶ reporting ─▶ finished (pass | fail | invalid)
 *     └──────────┴───────────┴──────────┴──────────┴─▶ cancelling ─▶ cancelled
 *     └──────────┴───────────┴──────────┴──────────┴─▶ error (with a reason a person can act on)
 */
export const RunState = Type.Enum([
  'queued',
  'preparing',
  'waiting',
  'running',
  'reporting',
  'finished',
  'cancelling',
  'cancelled',
  'error',
]);
export type RunState = Static<typeof RunState>;

export const Verdict = Type.Enum(['pass', 'fail', 'invalid']);
export type Verdict = Static<typeof Verdict>;

const next: Record<RunState, readonly RunState[]> = {
  queued: ['preparing', 'cancelling', 'cancelled', 'error'],
  preparing: ['waiting', 'queued', 'cancelling', 'cancelled', 'error'],
  waiting: ['running', 'cancelling', 'cancelled', 'error'],
  running: ['reporting', 'waiting', 'cancelling', 'cancelled', 'error'],
  reporting: ['finished', 'cancelling', 'cancelled', 'error'],
  finished: [],
  cancelling: ['cancelled', 'error'],
  cancelled: [],
  error: [],
};

/** Whether a run may go from one state to the other. A lost attempt goes back: running → waiting, preparing → queued. */
export function canBecome(from: RunState, to: RunState): boolean {
  return next[from].includes(to);
}

/** Whether a run in this state has ended, for good and exactly once. */
export function hasEnded(state: RunState): boolean {
  return next[state].length === 0;
}
