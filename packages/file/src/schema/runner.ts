import { map, oneOf, oneOrMany, optional, written } from './fields.ts';

/** Who generates the load: ours, or somebody's tool. */
export const runners = [
  'node-test',
  'k6',
  'locust',
  'jmeter',
  'gatling',
  'artillery',
  'playwright',
  'command',
] as const;
export type Runner = (typeof runners)[number];

/** What a command may write of what it measured. */
export const resultFormats = [
  'jtl',
  'k6-json',
  'k6-csv',
  'gatling-log',
  'locust-lines',
  'vegeta-csv',
  'hey-csv',
  'oha-json',
  'autocannon-json',
  'wrk-lua',
  'hlog',
  'csv',
] as const;
export type ResultFormat = (typeof resultFormats)[number];

/** Other people's load tests. */
export const runnerFields = {
  runner: optional(
    oneOf([...runners], {
      description:
        'Who generates the load. Found out from `script` and `command` when left out: a test of node:test, a script of another load tool, or any command.',
      examples: ['k6'],
      default: 'node-test',
    }),
  ),
  command: optional(
    written('text', {
      description:
        'With `runner: command`: what generates the load, in a shell. It finds the target, the users, the rate and the time in MARTEAU_TARGET, MARTEAU_USERS, MARTEAU_RATE and MARTEAU_DURATION.',
      examples: ['./load.sh'],
    }),
  ),
  results: optional(
    map(
      {
        file: optional(
          written('path', {
            description:
              'The file that the command writes, relative to `wdir`. Its standard output when left out.',
            examples: ['out.jtl'],
          }),
        ),
        format: oneOf([...resultFormats], {
          description: 'How it is written: the name of a tool’s own format.',
          examples: ['jtl'],
        }),
      },
      {
        description:
          'What the command writes of what it measured. Without it, its requests are measured at the wire, by a proxy before the target.',
        examples: [{ file: 'out.jtl', format: 'jtl' }],
      },
    ),
  ),
  way: optional(
    oneOf(['reverse', 'forward'], {
      description:
        'How a command whose requests are measured at the wire is led through the proxy: reverse: by MARTEAU_TARGET. forward: by HTTP_PROXY, for all that it asks.',
      default: 'reverse',
    }),
  ),
  setup: optional(
    oneOrMany(written('text'), {
      description:
        'Commands that install what the tool’s project needs, once on every node before the start. Package registries can be reached. What they leave in HOME is there again for the same lock files.',
      examples: ['pip install --user -r requirements.txt'],
    }),
  ),
};
