import { Bisect, Confirmation, MarteauError, RunState } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { WebConfig } from '../../config.ts';
import { beginConfirmation, endConfirmation, pinBaseline } from '../../data/baseline.ts';
import { beginBisect, endBisect, HOURS } from '../../data/bisect.ts';
import { profileOf, profileRun } from '../../data/profile.ts';
import { audit } from '../../rights/audit.ts';
import { ofRun } from '../../rights/rule.ts';
import { acceptRun } from '../../runs/accept-run.ts';
import { knownRun } from '../../runs/known-run.ts';
import { submitterOf } from '../../runs/submitter-of.ts';
import { baseUrl } from '../../server/base-url.ts';
import { Problem } from '../../server/problem.ts';

const Id = Type.Object({ id: Type.String() });
const Profile = Type.Object({
  iterations: Type.Integer({ description: 'that finished in the whole run' }),
  folded: Type.String({ description: '`outer;inner 12` a line, the most samples first' }),
});

interface OneRun {
  Params: Static<typeof Id>;
}

/** What a run's change rests on: the runs that are pinned to compare with, and repeats that confirm it. */
export async function apiBaselineRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  const wrong = { '4xx': Problem, '5xx': Problem };
  const schema = { tags: ['runs'], params: Id };

  app.post<OneRun>(
    '/api/v1/runs/:id/pin',
    {
      ...ofRun('runner'),
      schema: {
        ...schema,
        summary: 'Pin a run that passed: later runs of its test are compared with it, and it is kept',
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      await pinBaseline(store, await knownRun(store, request.params.id));
      return reply.code(204).send();
    },
  );

  app.post<OneRun>(
    '/api/v1/runs/:id/unpin',
    {
      ...ofRun('runner'),
      schema: {
        ...schema,
        summary: 'Compare later runs with the last good ones again',
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      const { id } = await knownRun(store, request.params.id);
      await store.runs.pin(id, false);
      return reply.code(204).send();
    },
  );

  app.post<OneRun>(
    '/api/v1/runs/:id/confirm',
    {
      ...ofRun('runner'),
      schema: {
        ...schema,
        summary: 'Repeat a run’s commit and its baseline’s by turns, until its change is decided',
        description:
          'Only where the commit decides what is deployed (`app:`). Asking again while repeats go on, or when they decided it, changes nothing.',
        response: { 202: Confirmation, ...wrong },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await beginConfirmation(store, await knownRun(store, request.params.id))),
  );

  app.delete<OneRun>(
    '/api/v1/runs/:id/confirmation',
    {
      ...ofRun('runner'),
      schema: {
        ...schema,
        summary: 'End the repeats of a run’s change, and cancel the one that is on its way',
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      await endConfirmation(store, await knownRun(store, request.params.id), submitterOf(request, 'api'));
      return reply.code(204).send();
    },
  );

  app.post<OneRun>(
    '/api/v1/runs/:id/accept',
    {
      ...ofRun('runner'),
      schema: {
        ...schema,
        summary: 'Take the head of a pull request as it is: its check succeeds, for this head alone',
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      await acceptRun(store, request);
      return reply.code(204).send();
    },
  );

  app.post<OneRun>(
    '/api/v1/runs/:id/profile',
    {
      ...ofRun('runner'),
      schema: {
        ...schema,
        summary: 'Run the same once more with its app profiled, which nobody judges',
        description:
          'Only of an app that the file starts with Node, on one node. The same for a day, however often it is asked for.',
        response: { 202: Type.Object({ id: Type.String(), state: RunState, url: Type.String() }), ...wrong },
      },
    },
    async (request, reply) => {
      const run = await knownRun(store, request.params.id);
      const { id, state } = await profileRun(store, run, submitterOf(request, 'api'));
      return reply.code(202).send({ id, state, url: `${baseUrl(config, request)}/runs/${id}` });
    },
  );

  app.get<OneRun>(
    '/api/v1/runs/:id/profile',
    {
      ...ofRun('reader'),
      schema: {
        ...schema,
        summary:
          'What was sampled of the app in a run that was profiled: folded stacks, a sample a millisecond',
        response: { 200: Profile, ...wrong },
      },
    },
    async (request) => profileOf(store, await knownRun(store, request.params.id)),
  );

  app.post<OneRun & { Body: { good?: string; hours?: number } | null }>(
    '/api/v1/runs/:id/bisect',
    {
      ...ofRun('runner'),
      schema: {
        ...schema,
        summary: 'Find the commit that made this run worse or better than a good one',
        description:
          'Pairs of runs of two commits by turns, by halves of the commits between, until one is left and is confirmed against its parent. Only where the commit decides what is deployed (`app:`), one at a time for a project. Asking again while it goes on changes nothing.',
        body: Type.Union([
          Type.Object({
            good: Type.Optional(
              Type.String({ description: 'id of a good run; the one that this is compared with' }),
            ),
            hours: Type.Optional(
              Type.Integer({ minimum: HOURS.fewest, maximum: HOURS.most, default: HOURS.usual }),
            ),
          }),
          Type.Null(),
        ]),
        response: { 202: Bisect, ...wrong },
      },
    },
    async (request, reply) => {
      const { good = null, hours = HOURS.usual } = request.body ?? {};
      const run = await knownRun(store, request.params.id);
      const asked = { good, hours, now: Date.now() };
      const begun = await beginBisect({ store, config }, run, asked);
      await audit(store, request, 'run.bisect', `run ${run.id}`, { after: begun.good });
      return reply.code(202).send(begun);
    },
  );

  app.delete<OneRun>(
    '/api/v1/runs/:id/bisect',
    {
      ...ofRun('runner'),
      schema: {
        ...schema,
        summary: 'End the hunt for a commit, and cancel what is on its way',
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      await endBisect(store, await knownRun(store, request.params.id), submitterOf(request, 'api'));
      return reply.code(204).send();
    },
  );

  app.get<OneRun>(
    '/api/v1/runs/:id/bisect',
    {
      ...ofRun('reader'),
      schema: {
        ...schema,
        summary: 'How the hunt for the commit that changed a run stands',
        response: { 200: Bisect, ...wrong },
      },
    },
    async (request) => {
      const { id } = await knownRun(store, request.params.id);
      const bisect = await store.bisects.of(id);
      if (bisect === null) throw new MarteauError('not-found', { what: 'bisection of this run' });
      return bisect;
    },
  );

  app.get<OneRun>(
    '/api/v1/runs/:id/confirmation',
    {
      ...ofRun('reader'),
      schema: {
        ...schema,
        summary: 'What repeats say of a run’s change so far',
        response: { 200: Confirmation, ...wrong },
      },
    },
    async (request) => {
      const { id } = await knownRun(store, request.params.id);
      const confirmation = await store.confirmations.of(id);
      if (confirmation === null) throw new MarteauError('not-found', { what: 'confirmation of this run' });
      return confirmation;
    },
  );
}
