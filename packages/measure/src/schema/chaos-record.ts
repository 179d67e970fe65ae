import { type Static, type TSchema, Type } from 'typebox';
import { Threshold } from '../threshold/threshold.ts';
import { most } from './limits.ts';

const Nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()]);

/** A time in which a proxy was broken on purpose. Moments are ms since the load began. */
export const FaultWindow = Type.Object({
  proxy: Type.String(),
  behavior: Type.String({ examples: ['blackout'] }),
  detail: Type.String({
    description: 'options, probability and match; empty for none',
    examples: ['20 % of GET'],
  }),
  begin: Type.Number(),
  end: Type.Number({ description: 'the heal, or the end of the load' }),
  /** A percentage for the whole run: the surroundings of the load rather than an event in it. */
  lasting: Type.Boolean(),
  /** ms after the heal. */
  recoverWithin: Nullable(Type.Number()),
  /** A bound for errors while it lasts. */
  errors: Nullable(Threshold),
  hits: Type.Integer({ description: 'requests or connections that it hit, as far as the proxy tells' }),
});
export type FaultWindow = Static<typeof FaultWindow>;

/** What the chaos proxies of a run did. */
export const ChaosRecord = Type.Object({
  seed: Type.Integer(),
  proxies: Type.Array(
    Type.Object({
      name: Type.String(),
      upstream: Type.String(),
      protocol: Type.String(),
      /** Where it stands for good, beside an app that runs elsewhere; null where it was started for the run. */
      control: Type.Union([Type.String(), Type.Null()]),
      /** Whether anything passed, or wanted to, since the load began; null where the proxy does not tell. */
      used: Type.Union([Type.Boolean(), Type.Null()]),
    }),
    { maxItems: most.parts },
  ),
  windows: Type.Array(FaultWindow, { maxItems: 1000 }),
  /** How many faults there were, by second. */
  seconds: Type.Array(
    Type.Object({
      at: Type.Number({ description: 'ms since the load began' }),
      proxy: Type.String(),
      behavior: Type.String(),
      count: Type.Integer(),
    }),
    { maxItems: 10_000 },
  ),
  /** What was hit, the most often first. */
  targets: Type.Array(
    Type.Object({
      proxy: Type.String(),
      behavior: Type.String(),
      command: Type.String(),
      path: Type.Union([Type.String(), Type.Null()]),
      count: Type.Integer(),
    }),
    { maxItems: 200 },
  ),
  /** What could not be broken or healed, in sentences. */
  troubles: Type.Array(Type.String(), { maxItems: most.parts }),
  /** Why faults of requests could not hit some connections from some moment on, in sentences. */
  notes: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: 20,
      description: 'why faults of requests could not hit some connections from some moment on',
      examples: [
        ['cache: TLS hides the statements; from here on the connection is treated as tcp (2 connections)'],
      ],
    }),
  ),
});
export type ChaosRecord = Static<typeof ChaosRecord>;
