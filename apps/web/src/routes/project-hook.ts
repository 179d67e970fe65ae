import { ForgeKind, kindOfHost } from '@marteau/forge';
import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebConfig } from '../config.ts';
import { channelNames } from '../continuous/channel-address.ts';
import { knownProject } from '../data/known-project.ts';
import { approveHead } from '../hooks/approve-head.ts';
import { connectHook } from '../hooks/connect-hook.ts';
import { forgeFor } from '../hooks/forge-for.ts';
import { keepIssues } from '../hooks/keep-issues.ts';
import { keepQuiet } from '../hooks/keep-quiet.ts';
import { testChannel } from '../hooks/test-channel.ts';
import { audit } from '../rights/audit.ts';
import { ofProject } from '../rights/rule.ts';
import { baseUrl } from '../server/base-url.ts';
import { hookPage } from '../views/hook-page.ts';

interface OfProject {
  Params: { id: string };
}

/** The page of a project's hook: how it is set up, and what came by it. */
export async function projectHookRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  const form = { preHandler: app.checkCsrf, schema: { hide: true } };

  /** @param secret one that was just made, which is shown this once */
  async function show(
    request: FastifyRequest<OfProject>,
    reply: FastifyReply,
    secret: string | null = null,
    tested: string | null = null,
  ) {
    const project = await knownProject(store, request.params.id);
    const [hook, arrivals, channels] = await Promise.all([
      store.hooks.of(project.id),
      store.arrivals.list(project.id),
      channelNames({ store, config }, project.repo),
    ]);
    const may = (need: 'runner' | 'owner') => request.rights.may(project.id, need, 'control');
    const known = kindOfHost(new URL(project.repo).host);
    const url = `${baseUrl(config, request)}/hooks/${project.id}`;
    reply.header('cache-control', 'no-store');
    return reply.page('pages/hook', {
      title: 'Hook',
      ...hookPage(project, { hook, arrivals, url, known }, Date.now()),
      secret,
      channels,
      tested,
      mayRun: may('runner'),
      maySetUp: may('owner'),
    });
  }

  app.get<OfProject>(
    '/projects/:id/hook',
    { ...ofProject('reader'), schema: { hide: true } },
    async (request, reply) => show(request, reply),
  );

  app.post<OfProject & { Body: { kind?: ForgeKind; api?: string } }>(
    '/projects/:id/hook',
    { ...ofProject('owner'), ...form },
    async (request, reply) => {
      const { id, repo } = await knownProject(store, request.params.id);
      const { kind, api = '' } = request.body;
      if (kind !== undefined && !ForgeKind.enum.includes(kind)) {
        throw new MarteauError('bad-request', { detail: `There is no kind of forge "${kind}" here.` });
      }
      const given = forgeFor(repo, { ...(kind && { kind }), api });
      const connected = await connectHook(store, request, { id, repo }, given);
      return show(request, reply, connected?.secret ?? null);
    },
  );

  app.post<OfProject & { Body: { channel?: string } }>(
    '/projects/:id/hook/channel',
    { ...ofProject('owner'), ...form },
    async (request, reply) => {
      const project = await knownProject(store, request.params.id);
      const { channel = '' } = request.body;
      const { outcome, detail } = await testChannel({ store, config }, request, project, channel);
      return show(
        request,
        reply,
        null,
        `${channel}: ${outcome === 'sent' ? 'sent' : 'not sent'}, ${detail}.`,
      );
    },
  );

  app.post<OfProject & { Body: { quiet?: string } }>(
    '/projects/:id/hook/quiet',
    { ...ofProject('owner'), ...form },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      await keepQuiet(store, request, id, request.body.quiet ?? '');
      return reply.redirect(`/projects/${id}/hook`, 303);
    },
  );

  app.post<OfProject & { Body: { polls?: string } }>(
    '/projects/:id/hook/polls',
    { ...ofProject('owner'), ...form },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      const polls = request.body.polls === 'yes';
      await store.hooks.poll(id, polls);
      await audit(store, request, 'hook.polls', `project ${id}`, { after: polls ? 'yes' : 'no' });
      return reply.redirect(`/projects/${id}/hook`, 303);
    },
  );

  app.post<OfProject & { Body: { issues?: string } }>(
    '/projects/:id/hook/issues',
    { ...ofProject('owner'), ...form },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      await keepIssues(store, request, id, request.body.issues === 'yes');
      return reply.redirect(`/projects/${id}/hook`, 303);
    },
  );

  app.post<OfProject>(
    '/projects/:id/hook/rotate',
    { ...ofProject('owner'), ...form },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      const { secret } = await store.hooks.rotate(id);
      await audit(store, request, 'hook.rotate', `project ${id}`);
      return show(request, reply, secret);
    },
  );

  app.post<{ Params: { id: string; delivery: string } }>(
    '/projects/:id/deliveries/:delivery/approve',
    { ...ofProject('runner'), ...form },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      await approveHead(store, request, { project: id, delivery: request.params.delivery });
      return reply.redirect(`/projects/${id}/hook`, 303);
    },
  );

  app.post<{ Params: { id: string; delivery: string } }>(
    '/projects/:id/deliveries/:delivery/replay',
    { ...ofProject('runner'), ...form },
    async (request, reply) => {
      const { id } = await knownProject(store, request.params.id);
      await store.arrivals.replay(id, request.params.delivery);
      return reply.redirect(`/projects/${id}/hook`, 303);
    },
  );
}
