import { expect, fault } from './fault.ts';
import { option } from './fault-setting.ts';
import { list, map, mapOf, oneOrMany, optional, wholeNumber, written } from './fields.ts';

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
        standstill: optional(
          written('duration', {
            description:
              'How long a request that is to get an error waits behind an answer that has begun and stands still, of a proxy that is started here.',
            examples: ['500ms'],
            default: '1s',
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
