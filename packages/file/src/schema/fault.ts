import { FaultSetting } from './fault-setting.ts';
import { map, optional, written, writtenOrNumber } from './fields.ts';

/** What a target must withstand. */
export const expect = map(
  {
    recoverWithin: optional(
      writtenOrNumber('duration', {
        description: 'After the heal, the target is back to its steady state within this time.',
        examples: ['5s'],
      }),
    ),
    errors: optional(
      written('errorBound', { description: 'A bound for errors while the fault lasts.', examples: ['< 5%'] }),
    ),
  },
  {
    description: 'What decides the verdict about a fault.',
    examples: [{ recoverWithin: '5s', errors: '< 5%' }],
  },
);

/** One fault of the timeline, as written. */
export const fault = map({
  at: writtenOrNumber('moment', {
    description: 'When it begins, from the start of the load.',
    examples: ['60s'],
  }),
  for: optional(
    writtenOrNumber('duration', {
      description: 'How long it lasts; to the end when left out.',
      examples: ['20s'],
    }),
  ),
  every: optional(
    writtenOrNumber('duration', { description: 'Repeats it at this interval.', examples: ['2m'] }),
  ),
  proxy: written('name', { description: 'The proxy that breaks.', examples: ['redis'] }),
  ...FaultSetting.properties,
  behavior: written('name', {
    description: 'What the proxy does, by the name of one of its behaviours.',
    examples: ['blackout', 'delay', 'error'],
  }),
  probability: optional(
    written('percent', {
      description: 'How many of them it hits.',
      examples: ['20%'],
      default: '100%',
    }),
  ),
  expect: optional(expect),
});
