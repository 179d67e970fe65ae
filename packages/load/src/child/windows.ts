import type { Measurements, Step } from '@marteau/shared';
import type { Laid } from '../plan/stretch.ts';

interface Window {
  readonly plan: Step;
  readonly begin: number;
  end: number;
  complete: boolean;
}

/** When the windows of the plan's steps really were; ms of the run's clock. */
export class Windows {
  readonly #windows: Window[] = [];

  add(laid: readonly Laid[]): void {
    for (const { step, begin, end } of laid) this.#windows.push({ plan: step, begin, end, complete: true });
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
    return this.#windows.some(
      ({ plan, begin, end }) => plan.recorded && begin < (second + 1) * 1000 && second * 1000 < end,
    );
  }

  written(): Measurements['steps'] {
    return this.#windows.filter(({ begin, end }) => end > begin).map((window) => ({ ...window }));
  }
}
