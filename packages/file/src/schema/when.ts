import { type Static, Type } from 'typebox';
import { list, map, oneOf, oneOrMany, optional, written, writtenOrNumber, yesOrNo } from './fields.ts';

const patterns = (what: string, examples: unknown[]) =>
  optional(oneOrMany(written('namePattern'), { description: what, examples }));

const profile = optional(
  written('name', { description: 'The profile with which these runs are.', examples: ['smoke'] }),
);

const push = map(
  {
    branches: patterns('Branches whose pushes start a run; all, where neither these nor tags are named.', [
      ['main', 'release/*'],
    ]),
    tags: patterns('Tags that start a run.', [['v*']]),
    paths: patterns(
      'Only where one of these files changed. Where the forge does not tell all that changed, a run is started.',
      [['src/**', 'loadtest/**']],
    ),
    profile,
  },
  {
    description: 'A push starts a run of its newest commit, as the file is there.',
    examples: [{ branches: ['main'] }],
  },
);

const pull = map(
  {
    profile,
    branches: patterns('Only requests to merge into these branches.', [['main']]),
    gate: optional(
      oneOf(['advisory', 'thresholds', 'confirmed'], {
        description:
          'What fails the check: thresholds do in any case. advisory: a comparison with the base is told beside them. thresholds: no comparison is made. confirmed: one that is confirmed as worse fails it, too.',
        default: 'advisory',
      }),
    ),
    strict: optional(
      yesOrNo({
        description: 'Beside `gate: confirmed`: what is invalid or not decided fails the check.',
        default: false,
      }),
    ),
    maxTime: optional(
      writtenOrNumber('duration', {
        description: 'How long the runs of one head may take together.',
        examples: ['45m'],
        default: '45m',
      }),
    ),
    forks: optional(
      oneOf(['ask', 'ignore', 'run'], {
        description:
          'Requests from forks. ask: somebody has to approve each head. run: only where the operator allows it.',
        default: 'ask',
      }),
    ),
    drafts: optional(yesOrNo({ description: 'Whether drafts are tested.', default: false })),
    comment: optional(
      oneOf(['on-change', 'always', 'never'], {
        description:
          'When the one comment is written: when there is something to say (from then on it is kept up to date), for every head, or never.',
        default: 'on-change',
      }),
    ),
  },
  {
    description:
      'A pull request, and each new head of it, starts a run. No trend, baseline or badge comes of it.',
    examples: [{ profile: 'smoke' }],
  },
);

const schedule = list(
  map({
    cron: written('cron', {
      description: 'Minute, hour, day of the month, month, weekday; or @hourly, @daily, @weekly, @monthly.',
      examples: ['30 2 * * 1-5'],
    }),
    zone: optional(
      written('zone', {
        description: 'The time zone of it, as the IANA database names it.',
        examples: ['Europe/Berlin'],
        default: 'UTC',
      }),
    ),
    profile,
    catchUp: optional(
      oneOf(['last', 'none'], {
        description:
          'What is done about times that passed while the server was down: the last of them, or nothing.',
        default: 'last',
      }),
    ),
    onlyIfChanged: optional(
      yesOrNo({
        description: 'Only where the default branch has another commit than the last such run had.',
        default: false,
      }),
    ),
    jitter: optional(
      writtenOrNumber('duration', {
        description: 'Spreads starts over so long after the time: always the same for one project.',
        examples: ['10m'],
      }),
    ),
  }),
  {
    description: 'When runs of the default branch start by themselves, as its newest file says.',
    examples: [[{ cron: '30 2 * * 1-5', zone: 'Europe/Berlin' }]],
  },
);

/** What starts runs by itself. It is of the file alone: no profile and no override has it. */
export const When = map(
  { push: optional(push), pull: optional(pull), schedule: optional(schedule) },
  {
    description:
      'What starts a run by itself: a push, a pull request, a time. Needs a project with a hook, or one that is looked at.',
    examples: [{ push: { branches: ['main'] }, pull: { profile: 'smoke' } }],
  },
);
export type When = Static<typeof When>;
export type WhenSchedule = NonNullable<When['schedule']>[number];

export const whenFields = { when: Type.Optional(When) };
