import type { Snapshot } from '@marteau/measure';
import { MetricTally } from './metrics.ts';
import { Tally } from './tally.ts';

/** The recorded (or warm-up) window of one stage, in ms of the run's clock. */
export interface Window extends Pick<Snapshot, 'stage' | 'recorded'> {
  readonly begin: number;
  end: number;
}

const SECOND = 1000;

/**
 * Cuts one scenario's time at every second and at the edges of its windows, and keeps what is counted between two cuts
 * apart. It is told the time with everything that is counted, so that nothing lands in the wrong snapshot however late a
 * timer fires.
 *
 *     second  0         1         2         3         4
 *     window            [ stage 0                  ][ stage 1 …
 *     cuts    |         |         |         |      ||
 */
export class Timeline {
  readonly tally = new Tally();
  readonly metrics = new MetricTally();
  /** The next cut; whoever counts something at or after it has to call `turn` first. */
  next = SECOND;
  readonly #windows: Window[] = [];
  #window: Window | null = null;
  #from = 0;
  #stage: number;
  #snapshots: Snapshot[] = [];
  readonly #onClose: (window: Window) => void;

  /**
   * @param stage the stage to which belongs what is counted before any window
   * @param onClose is called at the end of a window, before anything later is counted
   */
  constructor(stage: number, onClose: (window: Window) => void) {
    this.#stage = stage;
    this.#onClose = onClose;
  }

  /** The window that is open; null between windows. */
  get window(): Window | null {
    return this.#window;
  }

  /** The stage that is running or comes next. */
  get stage(): number {
    return this.#stage;
  }

  /** Adds a window that begins at or after the end of those before it, and not before now. */
  add(window: Window): void {
    this.#windows.push(window);
    if (!this.#window && this.#windows.length === 1) this.#stage = window.stage;
    this.#plan();
  }

  /** From `at` on, which lies ahead, these windows come in place of those that were added. */
  follow(at: number, windows: readonly Window[]): void {
    const before = this.#windows.filter(({ begin }) => begin < at);
    for (const window of this.#window ? [this.#window, ...before] : before)
      window.end = Math.min(window.end, at);
    this.#windows.splice(0, Number.POSITIVE_INFINITY, ...before, ...windows);
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

  /** The snapshots that are complete; each is given once. */
  take(): Snapshot[] {
    const snapshots = this.#snapshots;
    this.#snapshots = [];
    return snapshots;
  }

  #open(): void {
    this.#window = this.#windows.shift()!;
    this.#stage = this.#window.stage;
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
    this.#snapshots.push({
      stage: this.#stage,
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
