import { type Static, Type } from 'typebox';
import { Phase } from '../run/run.ts';
import { RunState, Verdict } from '../run/state.ts';

/** One chunk of whole console lines. */
export const ConsoleEvent = Type.Object({
  type: Type.Literal('console'),
  at: Type.Number({ description: 'ms since 1970' }),
  from: Type.Enum(['marteau', 'git', 'npm', 'app', 'script', 'before', 'after']),
  share: Type.Integer({ description: 'which share printed it; 0 where there is one' }),
  text: Type.String({
    description: 'lines joined by \\n, secrets masked, ANSI kept, escaped by whoever shows it',
  }),
});
export type ConsoleEvent = Static<typeof ConsoleEvent>;

/** One second of one share. Ticks of several shares and one second are merged by adding. */
export const TickEvent = Type.Object({
  type: Type.Literal('tick'),
  at: Type.Number({ description: 'ms since 1970: end of the second' }),
  second: Type.Integer({ description: 'seconds since the run’s start' }),
  share: Type.Integer(),
  of: Type.Integer(),
  /** In which of the file's locations it is generated. */
  location: Type.Optional(Type.String()),
  step: Type.Integer(),
  recording: Type.Boolean(),
  users: Type.Integer(),
  requests: Type.Integer(),
  errors: Type.Integer(),
  iterations: Type.Integer(),
  failures: Type.Integer({ description: 'iterations, and attempts of users to begin or to leave' }),
  /** Open model only: iterations that were to begin, and of these, those that did not. */
  planned: Type.Optional(Type.Integer()),
  dropped: Type.Optional(Type.Integer()),
  bytesIn: Type.Number(),
  /** WebSockets and streams of events that are open, and messages over them; left out where there are none. */
  streams: Type.Optional(Type.Integer()),
  sent: Type.Optional(Type.Integer()),
  received: Type.Optional(Type.Integer()),
  roundTrip: Type.Optional(Type.Number({ description: 'µs: p95 of the round trips of messages' })),
  cpu: Type.Number({ description: '0 … 1' }),
  loopDelay: Type.Number({ description: 'µs' }),
  /** Request times of this second, µs. */
  p50: Type.Number(),
  p95: Type.Number(),
  p99: Type.Number(),
  max: Type.Number(),
  /**
   * Two digits, for merging; never sent to a browser. The longest are of 10 KB; a text that unfolds to gigabytes, as
   * a script might send it, is none.
   */
  histogram: Type.String({ maxLength: 32_768 }),
});
export type TickEvent = Static<typeof TickEvent>;

/** The run changed its state or its phase. */
export const StateEvent = Type.Object({
  type: Type.Literal('state'),
  at: Type.Number(),
  state: RunState,
  phase: Type.Union([Phase, Type.Null()]),
  verdict: Type.Union([Verdict, Type.Null()]),
  reason: Type.Union([Type.String(), Type.Null()]),
});
export type StateEvent = Static<typeof StateEvent>;

/** Something was broken on purpose, or healed, or broke by itself (a lost node, a restarted app). */
export const FaultEvent = Type.Object({
  type: Type.Literal('fault'),
  at: Type.Number(),
  kind: Type.String(),
  title: Type.String(),
  detail: Type.String(),
  /** ms; 0 for a moment. */
  duration: Type.Number(),
});
export type FaultEvent = Static<typeof FaultEvent>;

/** Everything that appears on a run’s event stream. */
export const RunEvent = Type.Union([ConsoleEvent, TickEvent, StateEvent, FaultEvent]);
export type RunEvent = Static<typeof RunEvent>;
