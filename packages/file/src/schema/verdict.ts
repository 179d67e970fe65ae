import { Type } from 'typebox';
import { type FieldDoc, map, mapOf, oneOf, oneOrMany, optional, written, writtenOrNumber } from './fields.ts';

function receiver(doc: FieldDoc) {
  const headers = mapOf('headerName', written('text'), {
    description: `Headers to send; \${NAME} is a variable of env, which may hold a secret.`,
    examples: [{ Authorization: `Bearer \${OTLP_TOKEN}` }],
  });
  return Type.Union(
    [
      written('url'),
      map({
        url: written('url', { description: 'The receiver.', examples: doc.examples ?? [] }),
        headers: optional(headers),
      }),
    ],
    { ...doc },
  );
}

/** What decides the verdict, and who is told. */
export const verdictFields = {
  thresholds: optional(
    oneOrMany(written('threshold'), {
      description:
        'Bounds that decide the verdict: METRIC [of "LABEL"] (<|<=|>|>=) VALUE [over WINDOW] [at N users|at RATE] [during faults]. Without any, errors < 1% and failures < 1% hold.',
      examples: [['p95 < 300ms', 'errors < 1%']],
    }),
  ),
  export: optional(
    map(
      {
        otlp: optional(
          receiver({
            description: 'A receiver of OpenTelemetry over HTTP; without a path, /v1/metrics is asked.',
            examples: ['https://otel.example.com:4318'],
          }),
        ),
        prometheus: optional(
          receiver({
            description: 'A receiver of Prometheus’ remote write, which takes native histograms.',
            examples: ['https://mimir.example.com/api/v1/push'],
          }),
        ),
      },
      {
        description:
          'Where the run’s figures go while the load runs, to stand beside the target’s. A receiver that is slow or gone disturbs nothing.',
        examples: [{ otlp: 'https://otel.example.com:4318' }],
      },
    ),
  ),
  apdex: optional(
    writtenOrNumber('duration', {
      description: 'Apdex T: answers within it satisfy, within four times of it are tolerated.',
      examples: ['500ms'],
      default: '1.5s',
    }),
  ),
  email: optional(
    oneOrMany(
      written('email'),
      {
        description:
          'Who is told how it ended, besides whom a submission names: ten at most, a list’s address counts once.',
        examples: ['team@example.com'],
      },
      10,
    ),
  ),
  notify: optional(
    mapOf(
      'name',
      oneOf(['change', 'always', 'failure', 'never'], {
        description: 'change: when it comes to something else than the last one that was told.',
      }),
      {
        description:
          'Channels of the server that are told how runs end, by the names that they have there. Runs of pull requests are told on the pull request alone.',
        examples: [{ perf: 'change' }],
      },
    ),
  ),
  metadata: optional(
    mapOf('text', Type.Union([Type.String({ maxLength: 1000 }), Type.Number(), Type.Boolean()]), {
      description: 'Facts of your own that the report shows.',
      examples: [{ ticket: 'SHOP-123' }],
    }),
  ),
};
