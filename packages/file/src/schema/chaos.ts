import { Type } from 'typebox';
import {
  list,
  map,
  mapOf,
  oneOf,
  oneOrMany,
  optional,
  wholeNumber,
  written,
  writtenOrNumber,
} from './fields.ts';

const expect = map(
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

const option = Type.Union([Type.String({ maxLength: 4096 }), Type.Number(), Type.Boolean()]);

/** One fault of the timeline, as written. */
const fault = map({
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
  behavior: written('name', {
    description: 'What the proxy does, by the name of one of its behaviours.',
    examples: ['blackout', 'delay', 'error'],
  }),
  options: optional(
    mapOf('name', option, { description: 'Options of the behaviour.', examples: [{ sleep: '2s' }] }),
  ),
  probability: optional(
    written('percent', {
      description: 'How many of them it hits.',
      examples: ['20%'],
      default: '100%',
    }),
  ),
  per: optional(
    oneOf(['connection', 'request', 'chunk'], {
      description: 'What `probability` is drawn for; the first that the behaviour knows, when left out.',
      examples: ['request'],
    }),
  ),
  direction: optional(
    oneOf(['both', 'upstream', 'downstream'], {
      description: 'Which way it hits: towards the backend, towards the app, or both.',
      default: 'both',
    }),
  ),
  match: optional(
    map(
      {
        command: optional(
          oneOrMany(written('text'), {
            description: 'Only these commands of the protocol.',
            examples: ['GET'],
          }),
        ),
        path: optional(
          written('text', {
            description: 'Only paths like this, * standing for anything.',
            examples: ['/cart/*'],
          }),
        ),
        header: optional(
          mapOf('headerName', Type.String({ maxLength: 1000 }), {
            description: 'Only requests with these headers.',
            examples: [{ 'X-Api-Version': '2' }],
          }),
        ),
      },
      { description: 'Only what matches all of these.', examples: [{ command: 'GET' }] },
    ),
  ),
  expect: optional(expect),
});

/** What breaks, and when. */
export const chaosFields = {
  proxies: optional(
    mapOf(
      'name',
      map({
        upstream: optional(
          written('hostPort', {
            description: 'The backend behind the proxy. Needed unless `control` is given.',
            examples: ['127.0.0.1:6379'],
          }),
        ),
        protocol: optional(
          written('name', {
            description:
              'The protocol that it understands: tcp, http, redis, memcache, mysql, postgres, smtp.',
            examples: ['redis'],
            default: 'tcp',
          }),
        ),
        control: optional(
          written('url', {
            description:
              'For an app that runs elsewhere: the control address of the Marteau proxy or Toxiproxy that stands beside it.',
            examples: ['http://chaos.example.com:8474'],
          }),
        ),
      }),
      {
        description:
          'Chaos proxies, started before the app, which finds them in MARTEAU_PROXY_NAME (host:port).',
        examples: [{ redis: { upstream: '127.0.0.1:6379', protocol: 'redis' } }],
      },
    ),
  ),
  chaos: optional(
    map(
      {
        seed: optional(
          wholeNumber(0, 2 ** 53 - 1, {
            description: 'The same seed breaks the same requests.',
            examples: [42],
          }),
        ),
        timeline: optional(
          list(fault, {
            description: 'Faults and their times.',
            examples: [[{ at: '60s', for: '20s', proxy: 'redis', behavior: 'blackout' }]],
          }),
        ),
        behaviors: optional(
          mapOf('name', written('behaviors'), {
            description: 'By proxy: percentages of behaviours for the whole run; the rest passes through.',
            examples: [{ redis: '5:error,10:delay' }],
          }),
        ),
        expect: optional(expect),
      },
      {
        description: 'What the proxies do, and what the target must withstand.',
        examples: [
          {
            seed: 42,
            timeline: [
              {
                at: '60s',
                for: '20s',
                proxy: 'redis',
                behavior: 'blackout',
                expect: { recoverWithin: '5s' },
              },
            ],
          },
        ],
      },
    ),
  ),
  fixtures: optional(
    mapOf(
      'name',
      map({
        class: written('text', {
          description: 'The class of 2012; only Vaurien’s is known.',
          examples: ['vaurien.fixture.VaurienFixture'],
        }),
        arguments: optional(
          mapOf('name', option, {
            description: 'Its arguments: `server` and `behavior`.',
            examples: [{ server: 'http://127.0.0.1:8080', behavior: '5:error' }],
          }),
        ),
      }),
      {
        description: 'What 2012’s files say about Vaurien proxies. New files use `proxies` and `chaos`.',
        examples: [
          {
            memcache_delay: {
              class: 'vaurien',
              arguments: { server: 'http://127.0.0.1:8080', behavior: 'delay' },
            },
          },
        ],
      },
    ),
  ),
  lookup: optional(
    oneOrMany(written('text'), {
      description: 'Where 2012’s files looked for fixture classes. Read and ignored.',
      examples: ['fixtures'],
    }),
  ),
};
