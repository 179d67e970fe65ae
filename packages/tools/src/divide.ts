import type { Share, Stage } from '@marteau/shared';

/** A share's part of a whole number: the parts of all shares are the whole. */
function partOfTotal(total: number, { index, of }: Share): number {
  return Math.floor((total * (index + 1)) / of) - Math.floor((total * index) / of);
}

/** A share's part of a stage: users are divided as whole ones, rates exactly. */
export function partOfStage(stage: Stage, share: Share): Stage {
  const { users, rate, iterations, maxUsers } = stage;
  const whole = (count: number) => partOfTotal(count, share);
  return {
    ...stage,
    users: users && { from: whole(users.from), to: whole(users.to) },
    rate: rate && { from: rate.from / share.of, to: rate.to / share.of },
    maxUsers: maxUsers === null ? null : Math.max(1, whole(maxUsers)),
    iterations:
      iterations === null || iterations.per === 'user'
        ? iterations
        : { ...iterations, count: Math.max(1, whole(iterations.count)) },
  };
}

/** Whether nothing of a stage is left for a share: fewer users than nodes. */
export function isNothing({ users, rate }: Stage): boolean {
  return rate === null && users !== null && users.from === 0 && users.to === 0;
}
