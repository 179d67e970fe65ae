import { Type } from 'typebox';
import { list, map, mapOf, oneOf, oneOrMany, optional, wholeNumber, written } from './fields.ts';

/** What runs, and where. */
export const scriptFields = {
  name: optional(
    Type.String({
      grammar: 'text',
      maxLength: 100,
      description: 'Display name of the load test. The script’s path when left out.',
      examples: ['Marketplace'],
    }),
  ),
  description: optional(
    Type.String({
      grammar: 'text',
      maxLength: 2000,
      description:
        'What the test is about, in a sentence or two; shown on the run’s page and at the top of the report.',
      examples: ['Browse, put into the cart, pay.'],
    }),
  ),
  script: optional(
    written('scriptPath', {
      description:
        'The file that holds the test, relative to `wdir`. The only field that is required, unless there is a `command`.',
      examples: ['loadtest/checkout.test.ts'],
    }),
  ),
  test: optional(
    Type.String({
      grammar: 'text',
      maxLength: 500,
      description: 'Which test of the script to run: its name, or `suite > test`. All of them when left out.',
      examples: ['checkout', 'shop > checkout'],
    }),
  ),
  wdir: optional(
    written('path', {
      description:
        'The folder in which the test lives and runs, relative to the repository. `script`, `data` and the like are relative to it.',
      examples: ['services/shop'],
      default: '.',
    }),
  ),
  nodes: optional(
    Type.Union(
      [
        Type.Integer({ minimum: 1, maximum: 1000 }),
        map({
          count: optional(
            wholeNumber(1, 1000, { description: 'How many nodes.', examples: [3], default: 1 }),
          ),
          labels: optional(
            mapOf('name', written('text'), {
              description: 'Only nodes that carry all of these labels.',
              examples: [{ region: 'eu' }],
            }),
          ),
        }),
        list(
          map({
            name: written('name', {
              description: 'What the report and thresholds call it.',
              examples: ['eu'],
            }),
            count: optional(
              wholeNumber(1, 1000, { description: 'How many nodes of it.', examples: [2], default: 1 }),
            ),
            labels: optional(
              mapOf('name', written('text'), {
                description: 'Only nodes that carry all of these labels.',
                examples: [{ region: 'eu' }],
              }),
            ),
          }),
          {
            description: 'Several locations: one start, one result, and each is known by its name.',
            minItems: 1,
            maxItems: 20,
          },
        ),
      ],
      {
        description:
          'How many nodes generate the load, and which. Users and rates are totals over all of them. A local run is one node.',
        examples: [
          3,
          { count: 3, labels: { region: 'eu' } },
          [{ name: 'eu', count: 2, labels: { region: 'eu' } }],
        ],
        default: 1,
      },
    ),
  ),
  deps: optional(
    list(written('dependency'), {
      description: 'npm packages that the test needs, installed on every node before it starts.',
      examples: [['jose@5.9.6']],
    }),
  ),
  env: optional(
    mapOf(
      'envName',
      Type.Union([Type.String({ maxLength: 8192 }), Type.Number(), Type.Boolean()], { grammar: 'envValue' }),
      {
        description: `Environment of the script, the app and the commands. \${secrets.NAME} takes a secret from the server’s secrets file.`,
        examples: [{ TOKEN: `\${secrets.TOKEN}` }],
      },
    ),
  ),
  data: optional(
    mapOf(
      'name',
      Type.Union([
        written('dataPath'),
        map({
          file: written('dataPath', {
            description: 'A CSV file with a header line, or a JSON file that holds a list.',
            examples: ['loadtest/users.csv'],
          }),
          per: optional(
            oneOf(['iteration', 'user'], {
              description: 'When a new row is taken: for each iteration, or once per user.',
              default: 'iteration',
            }),
          ),
          order: optional(
            oneOf(['unique', 'circular', 'random'], {
              description:
                'unique: each row once, and too few rows is a mistake. circular: from the top again. random: drawn with repetition.',
              default: 'circular',
            }),
          ),
        }),
      ]),
      {
        description: 'Data files by name; rows are divided over nodes and users, none used twice at a time.',
        examples: [{ users: 'loadtest/users.csv' }],
      },
    ),
  ),
  before: optional(
    oneOrMany(written('text'), {
      description:
        'Commands that run once per run before the load. Lines `NAME=value` that they write to the file $MARTEAU_ENV become the environment of every share.',
      examples: ['node seed.ts'],
    }),
  ),
  after: optional(
    oneOrMany(written('text'), {
      description: 'Commands that run once per run at its end, however it ends. They have 30 s.',
      examples: ['node clean.ts'],
    }),
  ),
};
