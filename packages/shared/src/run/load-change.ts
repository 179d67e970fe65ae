import { type Static, Type } from 'typebox';

/** Another load for a stage that is running, as a person asks for it: exactly one of users, rate, scale, hold and skip says what; hold goes with the others, too. */
export const LoadChangeRequest = Type.Object(
  {
    users: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1e7, description: 'closed model: so many users over all nodes' }),
    ),
    rate: Type.Optional(
      Type.Union([Type.Number({ minimum: 0, maximum: 1e7 }), Type.String({ maxLength: 40 })], {
        description: 'open model: so many starts per second over all nodes, as a number or as in 50/s',
        examples: [50, '50/s'],
      }),
    ),
    scale: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1000,
        description: 'so many times what the stage says, users or rate',
      }),
    ),
    stage: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'which stage, by its index, where several run side by side; all that run unless given',
      }),
    ),
    hold: Type.Optional(
      Type.Union([Type.Number({ minimum: 1, maximum: 604_800 }), Type.String({ maxLength: 40 })], {
        description: 'the stage lasts so much longer: a duration such as 2m, or seconds',
        examples: ['2m', 120],
      }),
    ),
    skip: Type.Optional(Type.Literal(true, { description: 'the stage ends now, and the next one begins' })),
  },
  { additionalProperties: false },
);
export type LoadChangeRequest = Static<typeof LoadChangeRequest>;

/** A change of the load as every node carries it out. */
export interface LoadChange {
  /** When it takes effect: s of the run's clock, whole ones. */
  readonly second: number;
  readonly users?: number;
  /** Per second. */
  readonly rate?: number;
  readonly scale?: number;
  readonly stage?: number;
  readonly holdMs?: number;
  readonly skip?: true;
}

/** @param number which of the run's changes it is, from 0: the same in all of its shares */
export type ChangeLoad = (number: number, change: LoadChange) => void;
