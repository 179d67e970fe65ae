import type { ScheduledStage } from '@marteau/measure';
import type { Arrivals } from '@marteau/shared';
import { arrivalTime, meanArrivals, positions, type Rate, ROUNDING } from './arrivals.ts';
import { countOf, type ExactPart, memberOf, partAfter } from './exact-part.ts';
import { legsOf } from './legs.ts';
import { type ThreadShare, usersAt, workAt } from './thread-share.ts';

/** A thread's part of a stage of the open model, where it lies in the run; of traffic, of one minute of it. */
export interface OpenStage {
  /** Of the plan. */
  readonly index: number;
  /** Which leg of that stage it is. */
  readonly leg: number;
  /** ms of the run's clock. */
  readonly begin: number;
  readonly durationMs: number;
  /** Over all shares. */
  readonly rate: Rate;
  /** Evenly where undefined. */
  readonly arrivals: Arrivals | undefined;
  /** Which of the arrivals are this thread's. */
  readonly part: ExactPart;
  /** Arrivals of the legs before it. */
  readonly before: number;
  /** The most users of this thread. */
  readonly users: number;
}

export function openStages(scheduled: readonly ScheduledStage[], threadShare: ThreadShare): OpenStage[] {
  return scheduled.flatMap(({ stage, begin }) => {
    if (stage.model !== 'open' || !stage.rate) return [];
    const { index, arrivals, maxUsers } = stage;
    const most = maxUsers ?? 1;
    const whole = workAt(threadShare, most);
    const users = countOf(usersAt(threadShare), most);
    return legsOf(stage).map(({ at, durationMs, rate, before }, leg) => {
      const part = partAfter(whole, before);
      return { index, leg, begin: begin + at, durationMs, rate, arrivals, part, before, users };
    });
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
    return this.stage.before + memberOf(this.stage.part, this.#next);
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
    if (this.#next === 0) this.#begin(Math.min(this.#stage, firstNew(before, stages)));
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

function positionsOf({ part, arrivals, index, leg }: OpenStage): Iterator<number> {
  return positions(part, arrivals, index, leg);
}

/** The first of the stages after a change that was not there before; that which was cut is the one before it. */
function firstNew(before: readonly OpenStage[], after: readonly OpenStage[]): number {
  const first = before.findIndex(
    ({ index, durationMs }, i) => after[i]?.index !== index || after[i].durationMs !== durationMs,
  );
  if (first < 0) return before.length;
  return after[first]?.index === before[first]!.index ? first + 1 : first;
}
