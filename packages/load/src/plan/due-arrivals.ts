import type { ScheduledStage } from '@marteau/measure';
import { arrivalsIn, arrivalTime, type Rate } from './arrivals.ts';
import { countOf, type ExactPart, memberOf } from './exact-part.ts';
import { type ThreadShare, usersAt, workAt } from './thread-share.ts';

/** A thread's part of a stage of the open model, where it lies in the run. */
export interface OpenStage {
  /** Of the plan. */
  readonly index: number;
  /** ms of the run's clock. */
  readonly begin: number;
  readonly durationMs: number;
  /** Over all shares. */
  readonly rate: Rate;
  /** Which of the arrivals are this thread's. */
  readonly part: ExactPart;
  /** The most users of this thread. */
  readonly users: number;
}

export function openStages(scheduled: readonly ScheduledStage[], threadShare: ThreadShare): OpenStage[] {
  return scheduled.flatMap(({ stage, begin }) => {
    if (stage.model !== 'open' || !stage.rate) return [];
    const { rate, durationMs, maxUsers } = stage;
    const most = maxUsers ?? 1;
    const part = workAt(threadShare, most);
    return [
      { index: stage.index, begin, durationMs, rate, part, users: countOf(usersAt(threadShare), most) },
    ];
  });
}

/** Walks through the moments at which a thread's arrivals are due, over stages that follow each other. */
export class DueArrivals {
  readonly #stages: readonly OpenStage[];
  #stage = 0;
  #left: number;
  #next = 0;
  /** The next one, ms of the run's clock; infinite when there is none. */
  due = Number.POSITIVE_INFINITY;

  /** @param stages at least one */
  constructor(stages: readonly OpenStage[]) {
    this.#stages = stages;
    this.#left = this.#count();
    this.#look();
  }

  /** Number of the next one in its stage, over all shares. */
  get number(): number {
    return memberOf(this.stage.part, this.#next);
  }

  /** The stage of the next one, or the last one. */
  get stage(): OpenStage {
    return this.#stages[Math.min(this.#stage, this.#stages.length - 1)]!;
  }

  /** The one that is due is dealt with. */
  advance(): void {
    this.#next += 1;
    this.#left -= 1;
    this.#look();
  }

  #look(): void {
    while (this.#left === 0 && this.#stage < this.#stages.length) {
      this.#stage += 1;
      this.#next = 0;
      this.#left = this.#count();
    }
    const stage = this.#stages[this.#stage];
    if (!stage) this.due = Number.POSITIVE_INFINITY;
    else this.due = stage.begin + arrivalTime(memberOf(stage.part, this.#next), stage.rate, stage.durationMs);
  }

  #count(): number {
    const stage = this.#stages[this.#stage];
    return stage ? countOf(stage.part, arrivalsIn(stage.rate, stage.durationMs)) : 0;
  }
}
