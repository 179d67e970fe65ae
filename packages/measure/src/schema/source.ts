import { type Static, Type } from 'typebox';
import { most } from './limits.ts';

/** Whose figures these are, where a tool of others generated the load, and how exactly it tells them. */
export const Source = Type.Object({
  title: Type.String({ maxLength: 200, examples: ['k6', 'oha-json of the command', 'the wire'] }),
  precision: Type.Enum(['raw', 'histogram', 'summary'], {
    description: 'single times, histograms, or figures that the tool computed itself',
  }),
  resolutionUs: Type.Number({ description: 'steps of its clock, µs' }),
  error: Type.Union([Type.Number({ description: 'largest relative error of a histogram' }), Type.Null()]),
  time: Type.String({
    maxLength: most.text,
    description: 'what a time of a request is',
    examples: ['from sending to the last byte, without DNS, connecting and TLS'],
  }),
  known: Type.Union([
    Type.Array(Type.Number(), {
      maxItems: 100,
      description: 'quantiles 0 … 1 that are told truly: no other one is, and no curve of times',
    }),
    Type.Null({ description: 'all are' }),
  ]),
  exits: Type.Array(Type.String({ maxLength: most.text }), {
    maxItems: most.stages,
    description: 'how its processes ended, where that says anything',
  }),
  thresholds: Type.Array(
    Type.Object({
      text: Type.String({ maxLength: most.text }),
      held: Type.Union([Type.Boolean(), Type.Null({ description: 'nobody judged it' })]),
    }),
    { maxItems: 200, description: 'the tool’s own, as it judged them' },
  ),
});
export type Source = Static<typeof Source>;
