import type { StatusState } from '@marteau/forge';
import {
  type Confirmation,
  figuresOf,
  type PullStanding,
  pullStanding,
  type Run,
  whyNotCompared,
} from '@marteau/shared';

interface Told {
  readonly state: StatusState;
  readonly description: string;
}

/**
 * What the status of a commit says of a run.
 * @param check of the head of a pull request: the comparison with its base
 * @param acceptedBy who accepted this head as it is
 */
export function statusOf(
  run: Run,
  check: Confirmation | null = null,
  acceptedBy: string | null = null,
): Told {
  const { verdict, state, reason, cause } = run;
  if (state === 'cancelled') return { state: 'cancelled', description: reason ?? 'Cancelled.' };
  if (state === 'error') return { state: 'error', description: `error: ${reason ?? 'see its page'}` };
  switch (verdict) {
    case 'pass':
      return cause?.pull ? checked(run, check, acceptedBy) : passed(run);
    case 'fail':
      return accepted({ state: 'failure', description: `fail: ${reason ?? ''}` }, acceptedBy);
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

function passed({ summary }: Run): Told {
  const { p95, rate, errors } = figuresOf(summary);
  return { state: 'success', description: `pass: p95 ${p95}, ${rate}, errors ${errors}` };
}

/** Of a head that passed by itself, and is compared with its base where that can be. */
function checked(run: Run, check: Confirmation | null, acceptedBy: string | null): Told {
  const { gate, strict } = run.cause?.pull ?? {};
  const sentence = check?.sentence ?? '';
  const ways: Record<PullStanding, () => Told> = {
    passed: () => {
      const told = passed(run);
      return whyNotCompared(run)
        ? { ...told, description: `${told.description}; not compared with its base` }
        : told;
    },
    waits: () => ({
      state: 'running',
      description: `passed; compared with its base by turns: ${check && check.pairs > 0 ? sentence : 'not decided yet'}`,
    }),
    better: () => ({ state: 'success', description: `better: ${sentence}` }),
    same: () => ({ state: 'success', description: `no change: ${sentence}` }),
    worse: () =>
      accepted(
        { state: gate === 'confirmed' ? 'failure' : 'success', description: `worse: ${sentence}` },
        acceptedBy,
      ),
    inconclusive: () => ({
      state: gate === 'confirmed' && strict ? 'error' : 'unjudged',
      description: `not decided: ${sentence}`,
    }),
    broken: () => ({ state: 'cancelled', description: sentence }),
  };
  return ways[pullStanding(run, check)]();
}

function accepted(told: Told, by: string | null): Told {
  return by === null ? told : { state: 'success', description: `accepted by ${by}. ${told.description}` };
}
