import type { Stage } from '@marteau/shared';
import type { Measurements } from '../schema/measurements.ts';

/** Where a stage lies in the run; all in ms of its clock. The window, from `begin` on, is what its ramp comes before. */
export interface ScheduledStage {
  readonly stage: Stage;
  /** Begin of the ramp. */
  readonly at: number;
  readonly begin: number;
  readonly end: number;
}

interface Window {
  /** Which of the loads that run side by side. */
  readonly scenario: number;
  readonly plan: Stage;
  /** When its ramp begins. */
  readonly at: number;
  readonly begin: number;
  end: number;
  /** What of it was told. */
  told: 'nothing' | 'begin' | 'end';
  complete: boolean;
}

/** Before anything has begun. */
const NOTHING: Pick<Window, 'at'> & { readonly plan: Pick<Stage, 'index'> } = { at: 0, plan: { index: 0 } };

/** When the windows of the plan's stages really were; ms of the run's clock. */
export class Windows {
  readonly #windows: Window[] = [];

  add(scenario: number, scheduled: readonly ScheduledStage[]): void {
    for (const { stage, at, begin, end } of scheduled)
      this.#windows.push({ scenario, plan: stage, at, begin, end, complete: true, told: 'nothing' });
  }

  /** A scenario goes on in another way from `at` on, which lies ahead; until then it is as it was. */
  follow(scenario: number, scheduled: readonly ScheduledStage[], at: number): void {
    const isGone = (window: Window): boolean => window.scenario === scenario && window.begin >= at;
    this.#windows.splice(0, Infinity, ...this.#windows.filter((window) => !isGone(window)));
    for (const window of this.#windows)
      if (window.scenario === scenario) window.end = Math.min(window.end, at);
    this.add(
      scenario,
      scheduled.filter(({ begin }) => begin >= at),
    );
  }

  /** What has begun or ended by now and was not told yet. */
  news(now: number): { stage: Stage; phase: 'begin' | 'end'; at: number }[] {
    const news: ReturnType<Windows['news']> = [];
    for (const window of this.#windows) {
      const { plan, begin, end } = window;
      if (window.told === 'nothing' && begin <= now && begin < end) {
        news.push({ stage: plan, phase: 'begin', at: begin });
        window.told = 'begin';
      }
      if (window.told === 'begin' && end <= now) {
        news.push({ stage: plan, phase: 'end', at: end });
        window.told = 'end';
      }
    }
    return news;
  }

  /** A scenario's load was over at `moment`. @returns whether that is before the planned end of its window */
  end(scenario: number, moment: number): boolean {
    const window = this.#windows.findLast((each) => each.scenario === scenario);
    if (!window || window.end <= moment) return false;
    window.end = Math.max(window.begin, moment);
    return true;
  }

  /** The load was ended at `moment`: what had not come to its end is cut, what had not begun is gone. */
  cut(moment: number): void {
    for (const window of this.#windows) {
      if (window.end <= moment) continue;
      window.end = Math.max(window.begin, moment);
      window.complete = false;
    }
  }

  /** Whether all of a second was inside a recorded window. */
  readonly isFull = (second: number): boolean =>
    this.#windows.some(
      ({ plan, begin, end }) => plan.recorded && begin <= second * 1000 && (second + 1) * 1000 <= end,
    );

  /** Whether some of a second was inside a recorded window. */
  isRecording(second: number): boolean {
    return this.recordedIn(second).length > 0;
  }

  /** The stages of whose recorded windows some of a second was a part. */
  recordedIn(second: number): Stage[] {
    return this.#windows
      .filter(({ plan, begin, end }) => plan.recorded && begin < (second + 1) * 1000 && second * 1000 < end)
      .map(({ plan }) => plan);
  }

  /** The stage that began last by the end of a second, its ramp included. */
  readonly stageOf = (second: number): number => {
    const begun = this.#windows.filter(({ at }) => at < (second + 1) * 1000);
    return begun.reduce((last, each) => (each.at >= last.at ? each : last), NOTHING).plan.index;
  };

  written(): Measurements['steps'] {
    return this.#windows
      .filter(({ begin, end }) => end > begin)
      .map(({ plan, begin, end, complete }) => ({ plan, begin, end, complete }));
  }
}
