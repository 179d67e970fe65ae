import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

/** ms between two looks at the clock. */
const RESOLUTION = 10;

/** How the thread itself is doing: its processor time, how late its event loop is, its garbage collection. */
export class Health {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  #cpu = process.threadCpuUsage();
  #at = performance.now();
  /** ms in garbage collection since the last look. */
  #gc = 0;

  constructor() {
    this.#delay.enable();
    const collections = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#gc += duration;
    });
    collections.observe({ entryTypes: ['gc'] });
  }

  /** Since the last call: processor time and time in garbage collection / time (0 … 1); p99 of the loop's delay, µs. */
  take(): { cpu: number; loopDelay: number; gc: number } {
    const now = performance.now();
    const { user, system } = process.threadCpuUsage(this.#cpu);
    const elapsed = Math.max(1, now - this.#at);
    const nanoseconds = this.#delay.count > 0 ? this.#delay.percentile(99) : 0;
    const gc = this.#gc;
    this.#delay.reset();
    this.#cpu = process.threadCpuUsage();
    this.#at = now;
    this.#gc = 0;
    return {
      cpu: Math.min(1, (user + system) / 1000 / elapsed),
      loopDelay: Math.max(0, Math.round(nanoseconds / 1000 - RESOLUTION * 1000)),
      gc: Math.min(1, gc / elapsed),
    };
  }
}
