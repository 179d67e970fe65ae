import { axisCount } from '@marteau/shared';
import type { Results, StageResult } from '../../schema/results.ts';
import { linearScale } from '../draw/scale.ts';

/** What charts over the load have in common. Places are per cent from the left. */
export interface LoadAxis {
  /** What follows the name of a quantity: 'over users', 'at each stage'. */
  readonly words: string;
  readonly names: readonly { at: number; label: string }[];
  /** Where each stage lies. */
  readonly places: readonly number[];
  /** Where a number of users lies; null where the axis is not one of users. */
  readonly left: ((users: number) => number) | null;
}

const MOST_NAMES = 14;

/** An axis of users, on which twice as many are twice as far; where stages have no number of users, one place a stage. */
export function loadAxis({ steps }: Pick<Results, 'steps'>): LoadAxis {
  const users = steps.map(usersOf);
  const isOverUsers = users.every((n) => n !== null) && new Set(users).size > 1;
  return isOverUsers ? overUsers(users as number[]) : overStages(steps);
}

function usersOf({ plan: { users } }: StageResult): number | null {
  return users !== null && users.from === users.to ? users.to : null;
}

function overUsers(users: readonly number[]): LoadAxis {
  const scale = linearScale(Math.max(...users) * 1.05, 6);
  const left = (n: number) => round(scale.place(n) * 100);
  return {
    words: 'over users',
    names: scale.ticks.map((tick) => ({
      at: left(tick),
      label: tick === 0 ? '0 users' : axisCount(tick),
    })),
    places: users.map(left),
    left,
  };
}

function overStages(steps: readonly StageResult[]): LoadAxis {
  const every = Math.ceil(steps.length / MOST_NAMES);
  const places = steps.map((_, i) => round(((i + 0.5) / steps.length) * 100));
  return {
    words: 'at each stage',
    names: steps.flatMap(({ plan }, i) => (i % every === 0 ? [{ at: places[i]!, label: plan.name }] : [])),
    places,
    left: null,
  };
}

const round = (value: number) => Math.round(value * 100) / 100;
