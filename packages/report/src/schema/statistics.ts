import { Nullable } from '@marteau/shared';
import { type Static, Type } from 'typebox';

const Microseconds = Nullable(Type.Number({ description: 'µs' }));

/** How times spread. A percentile p stands only where at least ten values lie above it: n(1 - p) ≥ 10. */
export const Spread = Type.Object({
  count: Type.Integer(),
  min: Microseconds,
  avg: Microseconds,
  p10: Microseconds,
  p50: Microseconds,
  p90: Microseconds,
  p95: Microseconds,
  p99: Microseconds,
  p999: Microseconds,
  max: Microseconds,
});
export type Spread = Static<typeof Spread>;

export const ApdexRating = Type.Enum(['excellent', 'good', 'fair', 'poor', 'unacceptable']);
export type ApdexRating = Static<typeof ApdexRating>;

/** (satisfied + tolerating / 2) / total; whatever failed is frustrated, however fast it failed. */
export const Apdex = Type.Object({ score: Type.Number({ minimum: 0, maximum: 1 }), rating: ApdexRating });
export type Apdex = Static<typeof Apdex>;

/** Counts over times in buckets of equal ratio: bucket i holds 10^(i/20) … 10^((i+1)/20) µs, 12 % wide. */
export const Buckets = Type.Object({
  first: Type.Integer({ description: 'index of the first bucket' }),
  counts: Type.Array(Type.Integer()),
});
export type Buckets = Static<typeof Buckets>;

/** What one label, or all of a kind together, did in one stage of the load. */
export const Statistics = Type.Object({
  step: Type.Integer(),
  count: Type.Integer({ description: 'finished inside the window' }),
  errors: Type.Integer(),
  unfinished: Type.Integer(),
  oldestUnfinished: Type.Number({ description: 'µs' }),
  rate: Type.Number({ description: 'finished per second of the window' }),
  peak: Type.Integer({ description: 'highest count in any one second' }),
  time: Spread,
  /** Open model only: service time beside the response time from the intended start. */
  service: Nullable(Spread),
  apdex: Nullable(Apdex),
  bytesIn: Type.Number(),
  bytesOut: Type.Number(),
  outcomes: Type.Record(Type.String(), Type.Integer(), {
    description: "'200', 'ECONNRESET', 'timeout' → count",
  }),
  /** Where the time went (dns, connect, tls, waiting, receiving), over those that had the phase. */
  phases: Type.Record(
    Type.String(),
    Type.Object({ count: Type.Integer(), avg: Type.Number(), max: Type.Number() }),
  ),
  /** Requests that went over HTTP/2, where any did; the others went over HTTP/1.1. */
  http2: Type.Optional(Type.Integer()),
  buckets: Buckets,
});
export type Statistics = Static<typeof Statistics>;
