import { FaultSetting } from '@marteau/file/fault-setting';
import { type Static, Type } from 'typebox';

/** The name of a proxy, or of a behaviour on it. */
export const Name = Type.String({
  description: 'letters, digits, dots, - and _',
  minLength: 1,
  maxLength: 100,
});

const { behavior: _behavior, ...fields } = FaultSetting.properties;

/**
 * A behaviour of a proxy, as asked for: what a fault of .marteau.yml says, and what only proxies know. Behaviours and
 * options are read by `prepareBehavior`, which says what would be right.
 */
export const BehaviorSetting = Type.Object(
  {
    behavior: Type.String(),
    name: Type.Optional(Name),
    ...fields,
    options: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'see /api/v1/behaviors' }),
    ),
    exclusive: Type.Optional(
      Type.Boolean({
        description: 'shares one draw with the other exclusive ones: at most one of them hits a request',
      }),
    ),
  },
  { additionalProperties: false },
);
export type BehaviorSetting = Static<typeof BehaviorSetting>;
