import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Gauge, Meters } from './meters.ts';

const NS = 1e9;

/** What the process takes, by the names that Prometheus' clients have for it. @param part `web` or `worker` */
export function meterProcess(
  meters: Meters,
  part: string,
  versions: { marteau: string; node: string },
): void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const startedAt = Date.now() / 1000 - process.uptime();
  const one = (name: string, help: string, value: number): Gauge => ({ name, help, samples: [{ value }] });
  meters.gauges(() => {
    const { user, system } = process.cpuUsage();
    const memory = process.memoryUsage();
    // What was late since the last time somebody asked.
    const [mean, p99, max] = [delay.mean, delay.percentile(99), delay.max].map((ns) => seconds(ns));
    delay.reset();
    return [
      {
        name: 'marteau_build_info',
        help: 'Which Marteau this is',
        samples: [{ value: 1, labels: { part, version: versions.marteau, node: versions.node } }],
      },
      one('process_cpu_seconds_total', 'Processor time that it took', (user + system) / 1e6),
      one('process_resident_memory_bytes', 'Memory that it has', memory.rss),
      one('process_start_time_seconds', 'When it was started, since 1970', startedAt),
      one('process_open_fds', 'Files and connections that it has open', openFiles()),
      one('nodejs_heap_size_used_bytes', 'Of the heap of JavaScript, in use', memory.heapUsed),
      one('nodejs_eventloop_lag_mean_seconds', 'How late the event loop was, on average', mean!),
      one('nodejs_eventloop_lag_p99_seconds', 'How late it was in the worst hundredth', p99!),
      one('nodejs_eventloop_lag_max_seconds', 'How late it was at most', max!),
    ];
  });
}

function seconds(ns: number): number {
  return Number.isFinite(ns) ? ns / NS : 0;
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return Number.NaN; // no Linux
  }
}
