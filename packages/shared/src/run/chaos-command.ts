import { type Static, Type } from 'typebox';

/** A proxy of a run to be broken now, as a person asks for it. */
export const BreakRequest = Type.Object(
  {
    proxy: Type.String({ maxLength: 200, description: 'its name in .marteau.yml' }),
    behavior: Type.String({
      maxLength: 100,
      description: 'such as blackout; docs/guide/chaos.md lists them',
    }),
    options: Type.Optional(
      Type.Record(
        Type.String({ maxLength: 100 }),
        Type.Union([Type.String({ maxLength: 1000 }), Type.Number(), Type.Boolean()]),
        { maxProperties: 20 },
      ),
    ),
    probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    for: Type.Optional(
      Type.String({
        maxLength: 20,
        description: 'a duration such as 20s; to the end of the load unless given',
      }),
    ),
  },
  { additionalProperties: false },
);
export type BreakRequest = Static<typeof BreakRequest>;

/** What people ask of the proxies of a run while its load goes on. */
export type ChaosCommand = ({ do: 'break' } & BreakRequest) | { do: 'heal' };
