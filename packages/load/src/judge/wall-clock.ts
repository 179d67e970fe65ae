/** What NTP slews comes in thousandths of this; what is set at once, or slept through, in more. ms */
const JUMP_MS = 1000;
/** Two readings that lie further apart were torn: the process was held up between them. ms */
const TORN_MS = 50;

/** Notices when the machine's clock and its time part while load runs: the clock was set, or the machine slept. */
export class WallClock {
  readonly #wall: () => number;
  readonly #time: () => number;
  #ahead: number | null = null;

  /**
   * @param wall ms since 1970
   * @param time ms that pass evenly, whatever the clock is set to, and not while the machine sleeps
   */
  constructor(wall: () => number = Date.now, time: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#time = time;
  }

  /** By how much the clock has jumped since the last look, ms; 0 when it went on evenly. */
  jump(): number {
    const before = this.#time();
    const wall = this.#wall();
    if (this.#time() - before > TORN_MS) return 0;
    const ahead = wall - before;
    const jump = ahead - (this.#ahead ?? ahead);
    this.#ahead = ahead;
    return Math.abs(jump) > JUMP_MS ? jump : 0;
  }
}
