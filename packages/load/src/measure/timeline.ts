import { MetricTally } from './metrics.ts';
import type { Piece, Place } from './piece.ts';
import { Tally } from './tally.ts';

/** The recorded (or warm-up) window of one step, in ms of the run's clock. */
export interface Window extends Place {
  readonly begin: number;
  end: number;
}

const SECOND = 1000;

/**
 * Cuts one lane's time at every second and at the edges of its windows, and keeps what is counted between two cuts
 * apart. It is told the time with everything that is counted, so that nothing lands in the wrong piece however late a
 * timer fires.
 *
 *     second  0         1         2         3         4
 *     window            [ step 0                   ][ step 1 …
 *     pieces  |         |         |         |      ||
 */
export class Timeline {
  readonly tally = new Tally();
  readonly metrics = new MetricTally();
  /** The next cut; whoever counts something at or after it has to call `turn` first. */
  next = SECOND;
  readonly #windows: Window[] = [];
  #window: Window | null = null;
  #from = 0;
  #step: number;
  #pieces: Piece[] = [];
  readonly #onClose: (window: Window) => void;

  /**
   * @param step the step to which belongs what is counted before any window
   * @param onClose is called at the end of a window, before anything later is counted
   */
  constructor(step: number, onClose: (window: Window) => void) {
    this.#step = step;
    this.#onClose = onClose;
  }

  /** The window that is open; null between windows. */
  get window(): Window | null {
    return this.#window;
  }

  /** The step that is running or comes next. */
  get step(): number {
    return this.#step;
  }

  /** Adds a window that begins at or after the end of those before it, and not before now. */
  add(window: Window): void {
    this.#windows.push(window);
    if (!this.#window && this.#windows.length === 1) this.#step = window.step;
    this.#plan();
  }

  /** Ends the open window at `moment`, and drops those that have not begun. */
  cut(moment: number): void {
    this.#windows.length = 0;
    if (this.#window) this.#window.end = Math.min(this.#window.end, Math.max(moment, this.#from));
    this.#plan();
  }

  /** Makes all cuts up to `now`. */
  turn(now: number): void {
    while (now >= this.next) {
      const cut = this.next;
      this.#seal();
      this.#from = cut;
      if (this.#window && cut >= this.#window.end) this.#close(this.#window);
      const first = this.#windows[0];
      if (!this.#window && first && cut >= first.begin) this.#open();
      this.#plan();
    }
  }

  /** The pieces that are complete; each is given once. */
  take(): Piece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #open(): void {
    this.#window = this.#windows.shift()!;
    this.#step = this.#window.step;
  }

  #close(window: Window): void {
    this.#onClose(window);
    this.#window = null;
  }

  #seal(): void {
    const labels = this.tally.take();
    const metrics = this.metrics.take();
    if (labels.length === 0 && metrics.length === 0) return;
    const recorded = this.#window?.recorded ?? false;
    this.#pieces.push({
      step: this.#step,
      recorded,
      second: Math.floor(this.#from / SECOND),
      labels,
      metrics,
    });
  }

  #plan(): void {
    const second = (Math.floor(this.#from / SECOND) + 1) * SECOND;
    const edge = this.#window ? this.#window.end : (this.#windows[0]?.begin ?? Number.POSITIVE_INFINITY);
    this.next = Math.min(second, edge);
  }
}
