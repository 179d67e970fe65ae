import { Arrival, type Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { WebConfig } from '../../config.ts';
import { knownProject } from '../../data/known-project.ts';
import { approveHead } from '../../hooks/approve-head.ts';
import { keepIssues } from '../../hooks/keep-issues.ts';
import { keepQuiet } from '../../hooks/keep-quiet.ts';
import { testChannel } from '../../hooks/test-channel.ts';
import { audit } from '../../rights/audit.ts';
import { ofProject } from '../../rights/rule.ts';
import { baseUrl } from '../../server/base-url.ts';
import { Problem } from '../../server/problem.ts';

const { project: _, ...shown } = Arrival.properties;
const Delivery = Type.Object(shown);
const List = Type.Object({ deliveries: Type.Array(Delivery) });
const OfProject = Type.Object({ id: Type.String() });
const NewSecret = Type.Object({
  url: Type.String({ description: 'what the forge has to call' }),
  secret: Type.String({ description: 'shown this once; the one before is good for a week' }),
});
const One = Type.Object({ id: Type.String(), delivery: Type.String() });

/** The hook of a project: its secret, what the forge has told by it, and what came of that. */
export async function apiHookRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  const tags = ['projects'];
  const wrong = { '4xx': Problem, '5xx': Problem };

  app.post<{ Params: { id: string } }>(
    '/api/v1/projects/:id/hook/rotate',
    {
      ...ofProject('owner'),
      schema: {
        tags,
        summary: 'Give the hook of a project another secret; the one before is good for a week',
        params: OfProject,
        response: { 200: NewSecret, ...wrong },
      },
    },
    async (request) => {
      const { id } = await knownProject(store, request.params.id);
      const { secret } = await store.hooks.rotate(id);
      await audit(store, request, 'hook.rotate', `project ${id}`);
      return { url: `${baseUrl(config, request)}/hooks/${id}`, secret };
    },
  );

  app.post<{ Params: { id: string; channel: string } }>(
    '/api/v1/projects/:id/channels/:channel/test',
    {
      ...ofProject('owner'),
      schema: {
        tags,
        summary: 'Send a channel a test',
        params: Type.Object({ id: Type.String(), channel: Type.String() }),
        response: {
          200: Type.Object({ outcome: Type.Enum(['sent', 'later', 'refused']), detail: Type.String() }),
          ...wrong,
        },
      },
    },
    async (request) => {
      const project = await knownProject(store, request.params.id);
      const { outcome, detail } = await testChannel(
        { store, config },
        request,
        project,
        request.params.channel,
      );
      return { outcome, detail };
    },
  );

  app.post<{ Params: { id: string }; Body: { quiet: string } }>(
    '/api/v1/projects/:id/hook/quiet',
    {
      ...ofProject('owner'),
      schema: {
        tags,
        summary: 'When nothing of a project starts by itself: quiet hours and freezes',
        params: OfProject,
        body: Type.Object({
          quiet: Type.String({
            maxLength: 2000,
            examples: ['mon-fri 08:00-18:00 Europe/Berlin; until 2027-01-04T06:00Z skip'],
          }),
        }),
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      await keepQuiet(store, request, id, request.body.quiet);
      return reply.code(204).send();
    },
  );

  app.post<{ Params: { id: string }; Body: { polls: boolean } }>(
    '/api/v1/projects/:id/hook/polls',
    {
      ...ofProject('owner'),
      schema: {
        tags,
        summary: 'Have the repository looked at, because its forge cannot call, or no longer',
        params: OfProject,
        body: Type.Object({ polls: Type.Boolean() }),
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      await store.hooks.poll(id, request.body.polls);
      await audit(store, request, 'hook.polls', `project ${id}`, { after: String(request.body.polls) });
      return reply.code(204).send();
    },
  );

  app.post<{ Params: { id: string }; Body: { issues: boolean } }>(
    '/api/v1/projects/:id/hook/issues',
    {
      ...ofProject('owner'),
      schema: {
        tags,
        summary:
          'Open an issue at the forge when the level of a trend of the default branch becomes worse, and close it when it is as it was; or no longer',
        params: OfProject,
        body: Type.Object({ issues: Type.Boolean() }),
        response: { 204: Type.Null(), ...wrong },
      },
    },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      await keepIssues(store, request, id, request.body.issues);
      return reply.code(204).send();
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/projects/:id/deliveries',
    {
      ...ofProject('reader'),
      schema: {
        tags,
        summary: 'The calls of a project’s hook: those that wait and the last fifty others, newest first',
        params: OfProject,
        response: { 200: List, ...wrong },
      },
    },
    async (request) => {
      const { id } = await knownProject(store, request.params.id);
      return { deliveries: await store.arrivals.list(id) };
    },
  );

  app.post<{ Params: { id: string; delivery: string } }>(
    '/api/v1/projects/:id/deliveries/:delivery/approve',
    {
      ...ofProject('runner'),
      schema: {
        tags,
        summary: 'Let the head of a fork be run that a delivery asks about; a newer head is asked about anew',
        params: One,
        response: { 202: Delivery, ...wrong },
      },
    },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      const approved = await approveHead(store, request, { project: id, delivery: request.params.delivery });
      return reply.code(202).send(approved);
    },
  );

  app.post<{ Params: { id: string; delivery: string } }>(
    '/api/v1/projects/:id/deliveries/:delivery/replay',
    {
      ...ofProject('runner'),
      schema: {
        tags,
        summary: 'Do for a delivery once more what is to be done for it',
        params: One,
        response: { 202: Delivery, ...wrong },
      },
    },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      return reply.code(202).send(await store.arrivals.replay(id, request.params.delivery));
    },
  );
}
