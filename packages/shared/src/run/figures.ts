import { formatLatency } from '../format/latency.ts';
import { formatCount, formatPercent, formatRate } from '../format/numbers.ts';
import type { RunSummary } from './run.ts';

/** The few figures of a run as every place writes them, so that one number is told in one way; '–' where there is none. */
export interface Figures {
  readonly p50: string;
  readonly p95: string;
  readonly p99: string;
  /** Requests per second over the recorded time. */
  readonly rate: string;
  readonly requests: string;
  readonly errors: string;
  readonly iterations: string;
  readonly failures: string;
}

/** What lists, pages, badges, mails, trends, reports and the command line show of a run. */
export function figuresOf(summary: RunSummary | null): Figures {
  const { requests = null, iterations = null, errorRate = null, failureRate = null } = summary ?? {};
  return {
    p50: formatLatency(summary?.p50 ?? null),
    p95: formatLatency(summary?.p95 ?? null),
    p99: formatLatency(summary?.p99 ?? null),
    rate: formatRate(summary?.rate ?? null),
    requests: formatCount(requests),
    errors: formatPercent(requests ? errorRate : null),
    iterations: formatCount(iterations),
    // Users that never began are failures without an iteration.
    failures: formatPercent(iterations || failureRate ? failureRate : null),
  };
}
