import { Type } from 'typebox';
import {
  list,
  map,
  oneOf,
  oneOrMany,
  optional,
  type Static,
  wholeNumber,
  written,
  writtenOrNumber,
} from './fields.ts';

const iterations = Type.Union(
  [
    Type.Integer({ minimum: 1, maximum: 1e9 }),
    map({
      count: wholeNumber(1, 1e9, { description: 'How many iterations.', examples: [1000] }),
      per: optional(
        oneOf(['all', 'user'], {
          description: 'all: shared by all users. user: each user does that many.',
          default: 'all',
        }),
      ),
    }),
  ],
  {
    description: 'Ends the stage after so many iterations, shared by all users unless `per: user`.',
    examples: [1000, { count: 10, per: 'user' }],
  },
);

const arrivals = Type.Union(
  [
    Type.Enum(['even', 'poisson']),
    map({
      kind: oneOf(['even', 'poisson'], { description: 'The same as the plain word.', examples: ['poisson'] }),
      seed: optional(
        wholeNumber(0, 2 ** 31 - 1, {
          description: 'Another seed draws other moments; the same one on the same nodes draws the same.',
          examples: [42],
          default: 1,
        }),
      ),
    }),
  ],
  {
    description:
      'How iterations arrive at a rate. even: one after the other, at equal distances. poisson: as people come, independently of each other, now and then several at once.',
    examples: ['poisson'],
  },
);

/** One stage of the load, as written: users (closed model), a rate (open model), or a pause. */
export const FileStage = map(
  {
    users: optional(
      writtenOrNumber('users', {
        description: 'Closed model: so many users, or from so many to so many.',
        examples: [50, '1..100'],
      }),
    ),
    rate: optional(
      written('rate', {
        description: 'Open model: iterations started per second, however long they take.',
        examples: ['50/s', '50/s..500/s'],
      }),
    ),
    traffic: optional(
      written('csvPath', {
        description:
          'Open model by a CSV file with a header line: each row is a minute, and has how many iterations start in it.',
        examples: ['loadtest/yesterday.csv'],
      }),
    ),
    for: optional(
      writtenOrNumber('duration', {
        description: 'How long the stage is recorded. With `iterations`, the longest that it may take (10m).',
        examples: ['2m'],
      }),
    ),
    ramp: optional(
      writtenOrNumber('moment', {
        description: 'Time over which the users start before recording begins. Only with constant `users`.',
        examples: ['10s'],
      }),
    ),
    iterations: optional(iterations),
    maxUsers: optional(
      wholeNumber(1, 1e7, {
        description:
          'With `rate` or `traffic`: at most so many users at once; starts beyond that are counted as dropped. Two seconds’ worth of starts when left out, at least 10.',
        examples: [400],
      }),
    ),
    arrivals: optional(arrivals),
    pause: optional(
      writtenOrNumber('duration', { description: 'A stage of its own without any load.', examples: ['30s'] }),
    ),
    name: optional(
      Type.String({
        grammar: 'text',
        maxLength: 100,
        description: 'What the report calls the stage.',
        examples: ['peak'],
      }),
    ),
  },
  {
    description: 'One stage of the load.',
    examples: [{ users: 50, for: '2m' }],
  },
);
export type FileStage = Static<typeof FileStage>;

const stages = Type.Array(FileStage, {
  minItems: 1,
  maxItems: 100,
  examples: [[{ users: 50, for: '2m' }]],
});

/** How much load, and for how long. `cycles`, `load` and `find` exclude each other. */
export const loadFields = {
  cycles: optional(
    writtenOrNumber('cycles', {
      description: 'Concurrent users, one cycle each. `1:5:10` when the file describes no load at all.',
      examples: ['10:20:30:100'],
    }),
  ),
  duration: optional(
    writtenOrNumber('duration', {
      description: 'How long each cycle is recorded: 120 (seconds) or 2m.',
      examples: ['2m'],
      default: '30s',
    }),
  ),
  ramp: optional(
    writtenOrNumber('moment', {
      description:
        'Time over which the users of a cycle start, which is not recorded. 0.2 s per user when left out, at most 30 s.',
      examples: ['10s'],
    }),
  ),
  warmup: optional(
    writtenOrNumber('moment', {
      description: 'Load of the first stage before everything else, in no statistic and no threshold.',
      examples: ['15s'],
    }),
  ),
  arrivals: optional({ ...arrivals, default: 'even' }),
  load: optional(
    Type.Union(
      [
        stages,
        written('csvPath'),
        Type.Record(Type.String(), stages, { key: 'text', minProperties: 1, maxProperties: 50 }),
      ],
      {
        description:
          'Stages of the load, one after the other; or, by the name of a test, the stages of each test, side by side. A CSV file in place of the list is one stage of its traffic.',
        examples: [
          [{ rate: '50/s..500/s', for: '2m', maxUsers: 400 }],
          { browse: [{ users: 50, for: '5m' }], buy: [{ rate: '2/s', for: '5m' }] },
          'loadtest/yesterday.csv',
        ],
      },
    ),
  ),
  find: optional(
    map(
      {
        rate: written('rateRange', {
          description: 'The lowest and the highest rate to try.',
          examples: ['10/s..2000/s'],
        }),
        while: list(written('threshold'), {
          description:
            'Thresholds that a rate must hold. Where they do not bound them, errors < 1% and failures < 1% hold, too.',
          examples: [['p95 < 300ms', 'errors < 1%']],
        }),
        for: optional(
          writtenOrNumber('duration', {
            description: 'How long each rate is tried.',
            examples: ['30s'],
            default: '30s',
          }),
        ),
        maxUsers: optional(
          wholeNumber(1, 1e7, {
            description:
              'At most so many users at once. Two seconds’ worth of starts when left out, at least 10.',
            examples: [4000],
          }),
        ),
      },
      {
        description: 'Searches the highest rate at which the thresholds hold, by stages and bisection.',
        examples: [{ rate: '10/s..2000/s', while: ['p95 < 300ms', 'errors < 1%'] }],
      },
    ),
  ),
  stopIf: optional(
    oneOrMany(written('threshold'), {
      description: 'Ends the run early, as failed, once one of these is true.',
      examples: [['errors > 50% over 10s']],
    }),
  ),
  timeout: optional(
    writtenOrNumber('duration', {
      description:
        'The run is ended after this long. The plan’s length plus set-up plus 10 min when left out; a shorter one is a mistake.',
      examples: ['1h'],
    }),
  ),
};
