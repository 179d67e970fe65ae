import { type Static, Type } from 'typebox';

/** What was intended in one stage beside what happened. All of it adds up: over seconds, threads and shares. */
export const Starts = Type.Object({
  planned: Type.Integer({ description: 'open model: iterations that were to begin; closed: 0' }),
  dropped: Type.Integer({
    description: 'of these, those that did not: all users were waiting, or none could begin',
  }),
  users: Type.Integer({ description: 'users that were to be there' }),
  neverBegan: Type.Integer({ description: 'of these, those that could not begin before the stage was over' }),
  userFailures: Type.Integer({ description: 'attempts of users to begin or to leave that failed' }),
});
export type Starts = Static<typeof Starts>;

export const noStarts: Starts = { planned: 0, dropped: 0, users: 0, neverBegan: 0, userFailures: 0 };

export function addStarts(parts: readonly Starts[]): Starts {
  const sum = (name: keyof Starts) => parts.reduce((total, part) => total + part[name], 0);
  return {
    planned: sum('planned'),
    dropped: sum('dropped'),
    users: sum('users'),
    neverBegan: sum('neverBegan'),
    userFailures: sum('userFailures'),
  };
}
