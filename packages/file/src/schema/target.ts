import { Type } from 'typebox';
import { list, map, mapOf, oneOf, oneOrMany, optional, written, writtenOrNumber, yesOrNo } from './fields.ts';

/** What the load hits, and how requests are made and read. */
export const targetFields = {
  target: optional(
    written('target', {
      description:
        'What the run is meant to hit: the base of relative URLs, and what other runs wait for. The app when there is one. `none` in a profile takes it off.',
      examples: ['https://staging.example.com'],
    }),
  ),
  targets: optional(
    Type.Array(written('url'), {
      minItems: 1,
      maxItems: 50,
      description: 'Several of them, instead of `target`. The first is the base of relative URLs.',
      examples: [['https://a.example.com', 'https://b.example.com']],
    }),
  ),
  network: optional(
    list(written('destination'), {
      description:
        'Hosts and ports that the run may reach besides its targets, where nodes hold the network. What the run itself starts may always be reached.',
      examples: [['api.partner.example:443', '127.0.0.1:5432']],
    }),
  ),
  shared: optional(
    yesOrNo({
      description: 'Two runs may hit the same target at once if both files say so.',
      default: false,
    }),
  ),
  app: optional(
    map(
      {
        command: written('text', {
          description: 'Starts the app. It listens on the port in $PORT.',
          examples: ['node server.ts'],
        }),
        setup: optional(
          oneOrMany(written('text'), {
            description: 'Runs before it, once, for instance to install or build.',
            examples: ['npm ci'],
          }),
        ),
        ready: optional(
          written('pathOrUrl', {
            description: 'Answers below 400 once the app can take load.',
            examples: ['/health'],
            default: '/',
          }),
        ),
        timeout: optional(
          writtenOrNumber('duration', {
            description: 'The app must be ready within this time.',
            examples: ['1m'],
            default: '1m',
          }),
        ),
      },
      {
        description:
          'The app in this repository, started for the run. With `nodes: N` it takes one node more.',
        examples: [{ setup: 'npm ci', command: 'node server.ts', ready: '/health', timeout: '1m' }],
      },
    ),
  ),
  version: optional(
    map(
      {
        url: written('pathOrUrl', {
          description: 'Where the target says what is deployed.',
          examples: ['/version.json'],
        }),
        json: optional(
          Type.String({
            grammar: 'text',
            maxLength: 200,
            description:
              'The field of the JSON answer, with dots for deeper ones. The whole text when left out.',
            examples: ['commit', 'build.commit'],
          }),
        ),
      },
      {
        description:
          'How to learn which version is deployed. One that changes during the run makes it invalid.',
        examples: [{ url: '/version.json', json: 'commit' }],
      },
    ),
  ),
  tls: optional(
    map(
      {
        verify: optional(
          yesOrNo({
            description: 'false accepts certificates that are expired, self-signed or of another host.',
            default: true,
          }),
        ),
        ca: optional(
          written('path', {
            description: 'A file with certificates of authorities to trust besides the usual ones.',
            examples: ['loadtest/ca.pem'],
          }),
        ),
      },
      { description: 'How certificates of the target are judged.', examples: [{ verify: false }] },
    ),
  ),
  requestTimeout: optional(
    writtenOrNumber('duration', {
      description: 'A request without its whole answer after this long is an error.',
      examples: ['10s'],
      default: '60s',
    }),
  ),
  session: optional(
    oneOf(['iteration', 'user'], {
      description:
        'How long a user keeps cookies: a fresh jar for each iteration, or one for its whole life.',
      default: 'iteration',
    }),
  ),
  connections: optional(
    oneOf(['keep', 'fresh'], {
      description: 'Whether a user keeps connections over iterations, or opens new ones each time.',
      default: 'keep',
    }),
  ),
  http: optional(
    writtenOrNumber('httpVersion', {
      description:
        'Which HTTP fetch speaks: 1.1; auto, what TLS agrees on, as browsers do; 2, HTTP/2 over TLS or an error; h2c, HTTP/2 without TLS, too.',
      examples: ['auto'],
      default: '1.1',
    }),
  ),
  mark: optional(
    yesOrNo({
      description:
        'Requests carry User-Agent: Marteau, X-Marteau-Run and a traceparent unless this is false.',
      default: true,
    }),
  ),
  labels: optional(
    list(written('label'), {
      description:
        'Paths that belong together and that only you can know. Numbers, ids, UUIDs and hashes fold by themselves.',
      examples: [['GET /product/:slug']],
    }),
  ),
  expected: optional(
    list(writtenOrNumber('status'), {
      description: 'Statuses from 400 on that are right answers and no errors.',
      examples: [[404, 409], ['4xx']],
    }),
  ),
  monitors: optional(
    mapOf(
      'name',
      Type.Union([
        written('url'),
        map({
          url: written('url', {
            description: 'A node-exporter’s metrics page, or a Prometheus server.',
            examples: ['http://db.example.com:9100/metrics'],
          }),
          instance: optional(
            written('text', {
              description: 'Which instance to ask a Prometheus server for.',
              examples: ['db.example.com:9100'],
            }),
          ),
        }),
      ]),
      {
        description:
          'Hosts of the target whose processor, memory and network the report shows beside the load.',
        examples: [{ db: 'http://db.example.com:9100/metrics' }],
      },
    ),
  ),
};
