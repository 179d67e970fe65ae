import { noStarts, type StageStarts, type Starts } from '@marteau/measure';
import type { Window } from '../count/timeline.ts';
import type { VirtualUser } from './virtual-user.ts';

/** A user's time in the load; moments in ms of the run's clock. */
export interface Visit {
  readonly user: VirtualUser;
  readonly comes: number;
  /** When its hooks were through; null while they are not. */
  begins: number | null;
  leaves: number | null;
  /** An attempt to begin has failed. */
  failed: boolean;
}

/** So long a user may take to begin until that is called hanging, ms. */
const LONGEST_BEGIN_MS = 5000;

/** Whether it had not begun by then. */
function isWithout({ begins }: Visit, moment: number): boolean {
  return begins === null || begins >= moment;
}

/** Whether it was on its way then, and nothing had gone wrong so far. */
function isOnItsWay(visit: Visit, moment: number): boolean {
  return isWithout(visit, moment) && !visit.failed && moment - visit.comes < LONGEST_BEGIN_MS;
}

/** What a scenario intended beside what happened: which starts were dropped, and who was to be there and never began. */
export class Attendance {
  #counts = new Map<number, Starts>();
  #visits: Visit[] = [];

  /** An iteration of the open model was to begin. */
  planned(stage: number): void {
    this.#add(stage, 'planned', 1);
  }

  dropped(stage: number, count = 1): void {
    if (count > 0) this.#add(stage, 'dropped', count);
  }

  /** A user could not begin, or not leave. */
  failed(stage: number): void {
    this.#add(stage, 'userFailures', 1);
  }

  /** A user is to be there from now on. */
  comes(user: VirtualUser, comes: number): Visit {
    const visit = { user, comes, begins: null, leaves: null, failed: false };
    this.#visits.push(visit);
    return visit;
  }

  /**
   * A stage's window is over: counts who was there in it.
   * @returns whose hooks are still running although they were to have begun
   */
  close({ stage, recorded, begin, end }: Window): readonly Visit[] {
    const there = this.#visits.filter(
      (visit) => visit.comes < end && (visit.leaves ?? Infinity) > begin && !isOnItsWay(visit, end),
    );
    this.#visits = this.#visits.filter(({ leaves }) => leaves === null || leaves > end);
    if (!recorded) return [];
    const never = there.filter((visit) => isWithout(visit, end));
    this.#add(stage, 'users', there.length);
    this.#add(stage, 'neverBegan', never.length);
    return never.filter(({ user }) => user.hook !== null);
  }

  /** What was counted since it was taken last. @param second to which it is put down */
  take(second: number): StageStarts[] {
    const taken = [...this.#counts].map(([stage, starts]) => ({ stage, second, ...starts }));
    this.#counts = new Map();
    return taken;
  }

  #add(stage: number, name: keyof Starts, count: number): void {
    const counts = this.#counts.get(stage) ?? { ...noStarts };
    this.#counts.set(stage, counts);
    counts[name] += count;
  }
}
