import type { Stage } from '@marteau/shared';
import type { Hear, Observation } from '@marteau/tools';

/** When a stage really was: a tool takes its time to start, and its load begins with the first thing that it measured. */
export class StageWindow {
  readonly #stage: Stage;
  readonly #observe: Hear;
  readonly #notBefore: number;
  #at: number | null = null;
  #lastAt = 0;

  /** @param notBefore when its program was started; ms since the load began, as all moments */
  constructor(stage: Stage, notBefore: number, observe: Hear) {
    this.#stage = stage;
    this.#notBefore = notBefore;
    this.#observe = observe;
  }

  /** Whether anything was measured. */
  get hasSamples(): boolean {
    return this.#at !== null;
  }

  readonly hear = (seen: Observation): void => {
    if (seen.type === 'sample') {
      this.#saw(seen.at - seen.time / 1000, seen.at);
      // The clock of some tools has seconds alone: what seems to be before the load is of its beginning.
      this.#observe({ ...seen, at: this.#stage.rampMs === 0 ? Math.max(seen.at, this.#at!) : seen.at });
      return;
    }
    if (seen.type === 'histogram') this.#saw(seen.second * 1000, (seen.second + 1) * 1000);
    else if (seen.type === 'total' && seen.count > 0) this.#saw(this.#notBefore, this.#notBefore);
    this.#observe(seen);
  };

  /**
   * The program has ended.
   * @param isCut it was ended early: whoever ended it says so of the stage
   * @returns when its load did
   */
  end(now: number, isCut: boolean): number {
    if (this.#at === null) this.#begin(this.#notBefore);
    const { rampMs, durationMs, iterations } = this.#stage;
    const planned =
      durationMs > 0 && iterations === null ? this.#at! + rampMs + durationMs : Number.POSITIVE_INFINITY;
    const at = Math.max(this.#lastAt, Math.min(now, planned));
    if (!isCut) this.#observe({ type: 'end', at });
    return at;
  }

  #saw(from: number, to: number): void {
    if (this.#at === null) this.#begin(Math.max(this.#notBefore, from));
    this.#lastAt = Math.max(this.#lastAt, to);
  }

  #begin(at: number): void {
    this.#at = at;
    this.#observe({ type: 'stage', stage: this.#stage, at, begin: at + this.#stage.rampMs });
  }
}
