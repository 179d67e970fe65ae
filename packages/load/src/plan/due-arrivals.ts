import type { ScheduledStage } from '@marteau/measure';
import type { Arrivals } from '@marteau/shared';
import { arrivalTime, meanArrivals, positions, type Rate, ROUNDING } from './arrivals.ts';
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
  /** Evenly where undefined. */
  readonly arrivals: Arrivals | undefined;
  /** Which of the arrivals are this thread's. */
  readonly part: ExactPart;
  /** The most users of this thread. */
  readonly users: number;
}

export function openStages(scheduled: readonly ScheduledStage[], threadShare: ThreadShare): OpenStage[] {
  return scheduled.flatMap(({ stage, begin }) => {
    if (stage.model !== 'open' || !stage.rate) return [];
    const { rate, arrivals, durationMs, maxUsers } = stage;
    const most = maxUsers ?? 1;
    const part = workAt(threadShare, most);
    return [
      {
        index: stage.index,
        begin,
        durationMs,
        rate,
        arrivals,
        part,
        users: countOf(usersAt(threadShare), most),
      },
    ];
  });
}

/** Walks through the moments at which a thread's arrivals are due, over stages that follow each other. */
export class DueArrivals {
  #stages: readonly OpenStage[];
  #stage = 0;
  #next = 0;
  #positions: Iterator<number>;
  /** Of the next one. */
  #position: number;
  /** The next one, ms of the run's clock; infinite when there is none. */
  due = Number.POSITIVE_INFINITY;

  /** @param stages at least one */
  constructor(stages: readonly OpenStage[]) {
    this.#stages = stages;
    this.#positions = positionsOf(stages[0]!);
    this.#position = this.#positions.next().value;
    this.#look();
  }

  /** Number of the next one in its stage: no other one of any share has it. */
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
    this.#position = this.#positions.next().value;
    this.#look();
  }

  /**
   * Goes on by other stages from where it is.
   * @param stages the same ones up to the one of the next arrival, of which only the end may be another
   */
  follow(stages: readonly OpenStage[]): void {
    const before = this.#stages;
    this.#stages = stages;
    // Nothing of its stage is dealt with: it may be a later one than what has changed, where that had nothing left.
    if (this.#next === 0) this.#begin(Math.min(this.#stage, firstChange(before, stages) + 1));
    this.#look();
  }

  #look(): void {
    for (; this.#stage < this.#stages.length; this.#begin(this.#stage + 1)) {
      const { begin, rate, durationMs } = this.stage;
      if (this.#position >= meanArrivals(rate, durationMs) - ROUNDING) continue;
      this.due = begin + arrivalTime(this.#position, rate, durationMs);
      return;
    }
    this.due = Number.POSITIVE_INFINITY;
  }

  #begin(stage: number): void {
    this.#stage = stage;
    this.#next = 0;
    this.#positions = positionsOf(this.stage);
    this.#position = this.#positions.next().value;
  }
}

function positionsOf({ part, arrivals, index }: OpenStage): Iterator<number> {
  return positions(part, arrivals, index);
}

/** The first of the stages before that is not as it was; the last one where all are. */
function firstChange(before: readonly OpenStage[], after: readonly OpenStage[]): number {
  const first = before.findIndex((stage, i) => after[i]?.durationMs !== stage.durationMs);
  return first < 0 ? before.length : first;
}
