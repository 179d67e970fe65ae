import { monitorEventLoopDelay } from 'node:perf_hooks';

/** ms between two looks at the clock. */
const RESOLUTION = 10;

/** How the thread itself is doing: its processor time and how late its event loop is. */
export class Health {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  #cpu = process.threadCpuUsage();
  #at = performance.now();

  constructor() {
    this.#delay.enable();
  }

  /** Since the last call: processor time / time (0 … 1), and the p99 of the event loop's delay in µs. */
  take(): { cpu: number; loopDelay: number } {
    const now = performance.now();
    const { user, system } = process.threadCpuUsage(this.#cpu);
    const elapsed = Math.max(1, now - this.#at);
    const nanoseconds = this.#delay.count > 0 ? this.#delay.percentile(99) : 0;
    this.#delay.reset();
    this.#cpu = process.threadCpuUsage();
    this.#at = now;
    return {
      cpu: Math.min(1, (user + system) / 1000 / elapsed),
      loopDelay: Math.max(0, Math.round(nanoseconds / 1000 - RESOLUTION * 1000)),
    };
  }
}
