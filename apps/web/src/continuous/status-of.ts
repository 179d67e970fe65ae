import type { StatusState } from '@marteau/forge';
import { figuresOf, type Run } from '@marteau/shared';

/** What the status of a commit says of a run. */
export function statusOf(run: Run): { state: StatusState; description: string } {
  const { verdict, state, reason, summary, cause } = run;
  if (state === 'cancelled') return { state: 'cancelled', description: reason ?? 'Cancelled.' };
  if (state === 'error') return { state: 'error', description: `error: ${reason ?? 'see its page'}` };
  switch (verdict) {
    case 'pass': {
      const { p95, rate, errors } = figuresOf(summary);
      return { state: 'success', description: `pass: p95 ${p95}, ${rate}, errors ${errors}` };
    }
    case 'fail':
      return { state: 'failure', description: `fail: ${reason ?? ''}` };
    case 'invalid':
      return {
        state: cause?.pull?.strict ? 'error' : 'unjudged',
        description: `not judged: ${reason ?? ''}`,
      };
    default:
      return state === 'running'
        ? { state: 'running', description: 'The load test runs.' }
        : { state: 'pending', description: 'The load test is on its way.' };
  }
}
