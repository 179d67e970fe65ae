import { formatLatency } from '../format/latency.ts';
import { formatCount, formatPercent, formatRate } from '../format/numbers.ts';
import type { GradedChange, KindFigure, RunSummary } from './run.ts';

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

/** 'ws round trip': what the main figure of a kind beside requests is called. */
export function kindInWords({ kind, name }: Pick<KindFigure, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** 'GET /', 'ws GET /chat: round trip': of which requests, or of what else, a changed figure is; null of all. */
export function subjectInWords({ label, of }: Pick<GradedChange, 'label' | 'of'>): string | null {
  if (label === null || !of) return label;
  return `${of.kind} ${label}: ${of.name}`;
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
