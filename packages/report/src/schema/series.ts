import { Nullable } from '@marteau/shared';
import { type Static, Type } from 'typebox';

const Numbers = Type.Array(Type.Number());
const Gaps = Type.Array(Nullable(Type.Number()));

/** Equal intervals, one after the other: interval i begins at `from + i * width`, in ms since the load began. */
const grid = { from: Type.Number(), width: Type.Number({ exclusiveMinimum: 0 }) };

/** What finished in each interval. One column a quantity, one entry an interval. */
export const Throughput = Type.Object({
  ...grid,
  count: Numbers,
  errors: Numbers,
  bytesIn: Numbers,
  /** Over the one-second parts of each interval, so that a short outage stays visible in a long run. */
  lowest: Type.Array(Type.Number(), { description: 'fewest in a second' }),
  highest: Type.Array(Type.Number(), { description: 'most in a second' }),
  worstErrors: Type.Array(Type.Number(), { description: 'most errors in a second' }),
});
export type Throughput = Static<typeof Throughput>;

/** Times in each interval, µs; null where too few values lie above the percentile. Its grid may be coarser. */
export const Latency = Type.Object({
  ...grid,
  p50: Gaps,
  p95: Gaps,
  p99: Gaps,
  max: Gaps,
  worstP95: Type.Array(Nullable(Type.Number()), { description: 'highest p95 of a second' }),
});
export type Latency = Static<typeof Latency>;

export const Series = Type.Object({ throughput: Throughput, latency: Latency });
export type Series = Static<typeof Series>;

/** The load itself and the health of what generated it, over all nodes. */
export const LoadSeries = Type.Object({
  ...grid,
  step: Type.Array(Type.Integer()),
  users: Numbers,
  offered: Type.Array(Type.Number(), { description: 'open model: planned starts; closed: 0' }),
  started: Numbers,
  late: Numbers,
  dropped: Numbers,
  cpu: Type.Array(Type.Number(), { description: 'busiest generator thread of all nodes, 0 … 1' }),
  loopDelay: Type.Array(Type.Number(), { description: 'µs, worst thread of all nodes' }),
  sockets: Numbers,
  streams: Type.Optional(
    Type.Array(Type.Number(), { description: 'of these, WebSockets and streams of events' }),
  ),
  gc: Type.Optional(
    Type.Array(Type.Number(), { description: 'garbage collection of the worst thread of all nodes, 0 … 1' }),
  ),
});
export type LoadSeries = Static<typeof LoadSeries>;
