import { formatDuration, hasEnded, phaseInWords, type Run, type RunState } from '@marteau/shared';

/** One stage of a run, with the time spent in it. */
export interface StepView {
  name: string;
  /** 'done', 'here', 'ahead', or how the run ended in it: 'ended-error', 'ended-cancelled'. */
  status: string;
  /** '' before it began */
  spent: string;
  /** Of the stage that is under way: the same in ms, so that a browser can go on counting. */
  spentMs: number | null;
  /** Of the stage that is under way: what it does and how far it is. */
  phase: { text: string; progress: number | null } | null;
}

const states = ['queued', 'preparing', 'waiting', 'running', 'reporting'] as const satisfies RunState[];
type State = (typeof states)[number];

/** The states of a run from its timeline. A state that was entered twice shows the sum of both times. */
export function stepper(run: Run, now: number): StepView[] {
  const spent = timeSpent(run, now);
  const last = lastStage(run);
  const reached = states.indexOf(last);
  const ended = hasEnded(run.state);
  const steps = states.map((name, i): StepView => {
    const here = i === reached && !ended;
    return {
      name,
      status: statusOf(run.state, i - reached),
      spent: spent.has(name) ? formatDuration(spent.get(name) ?? 0) : '',
      spentMs: here ? (spent.get(name) ?? 0) : null,
      phase: here ? phaseOf(run) : null,
    };
  });
  return [...steps, endStep(run)];
}

function statusOf(state: RunState, distance: number): string {
  if (distance > 0) return 'ahead';
  if (distance < 0 || state === 'finished') return 'done';
  if (state === 'error') return 'ended-error';
  return state === 'cancelled' ? 'ended-cancelled' : 'here';
}

function endStep(run: Run): StepView {
  const ended = hasEnded(run.state);
  const statuses: Partial<Record<RunState, string>> = {
    finished: 'done',
    error: 'ended-error',
    cancelled: 'ended-cancelled',
  };
  return {
    name: run.state === 'error' || run.state === 'cancelled' ? run.state : 'finished',
    status: statuses[run.state] ?? 'ahead',
    spent: ended && run.endedAt ? formatDuration(Date.parse(run.endedAt) - Date.parse(run.submittedAt)) : '',
    spentMs: null,
    phase: null,
  };
}

function phaseOf(run: Run): StepView['phase'] {
  if (run.state === 'cancelling') return { text: 'cancelling', progress: null };
  if (!run.phase) return null;
  return { text: phaseInWords(run.phase), progress: run.phase.progress };
}

/** The last of the states that the run entered; cancelling and the ends are none. */
function lastStage(run: Run): State {
  return run.timeline.map((entry) => entry.state).findLast(isStage) ?? 'queued';
}

function timeSpent(run: Run, now: number): Map<State, number> {
  const spent = new Map<State, number>();
  let stage: State = 'queued';
  let since = Date.parse(run.submittedAt);
  const close = (at: number) => spent.set(stage, (spent.get(stage) ?? 0) + Math.max(0, at - since));
  for (const entry of run.timeline) {
    const at = Date.parse(entry.at);
    close(at);
    since = at;
    if (isStage(entry.state)) stage = entry.state;
  }
  if (!hasEnded(run.state)) close(now);
  if (run.timeline.length === 0 && hasEnded(run.state)) spent.delete(stage);
  return spent;
}

function isStage(state: RunState): state is State {
  return (states as readonly RunState[]).includes(state);
}
