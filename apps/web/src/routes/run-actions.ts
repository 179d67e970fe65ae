import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance } from 'fastify';
import type { WebConfig } from '../config.ts';
import { beginConfirmation, endConfirmation, pinBaseline } from '../data/baseline.ts';
import { beginBisect, endBisect, HOURS } from '../data/bisect.ts';
import { audit } from '../rights/audit.ts';
import { ofRun } from '../rights/rule.ts';
import { acceptRun } from '../runs/accept-run.ts';
import { putIntoBin } from '../runs/bin.ts';
import { knownRun } from '../runs/known-run.ts';
import { noteRun } from '../runs/note-run.ts';
import { nameOf, submitterOf } from '../runs/submitter-of.ts';

interface ActionRequest {
  Params: { id: string };
}

/** The buttons of a run's page. Each ends on a page that shows what came of it. */
export async function runActionRoutes(
  app: FastifyInstance,
  { store, config }: { store: Store; config: WebConfig },
) {
  const form = { preHandler: app.checkCsrf, schema: { hide: true } };
  const guarded = { ...ofRun('runner'), ...form };

  app.post<ActionRequest>('/runs/:id/cancel', guarded, async (request, reply) => {
    const { id } = await knownRun(store, request.params.id);
    await store.runs.cancel(id, submitterOf(request, 'form'));
    return reply.redirect(`/runs/${id}`, 303);
  });

  app.post<ActionRequest>('/runs/:id/stop', guarded, async (request, reply) => {
    const { id } = await knownRun(store, request.params.id);
    await store.runs.stopAndReport(id);
    return reply.redirect(`/runs/${id}`, 303);
  });

  app.post<ActionRequest>(
    '/runs/:id/rerun',
    { ...ofRun('runner', 'submit'), ...form },
    async (request, reply) => {
      const run = await knownRun(store, request.params.id);
      const again = await store.runs.rerun(run.id, {
        submitter: submitterOf(request, 'form'),
        by: nameOf(request),
      });
      await audit(store, request, 'run.submit', `run ${again.id}`, { after: `${again.project}, again` });
      return reply.redirect(`/runs/${again.id}`, 303);
    },
  );

  app.post<ActionRequest>('/runs/:id/pin', guarded, async (request, reply) => {
    const run = await knownRun(store, request.params.id);
    await pinBaseline(store, run);
    return reply.redirect(`/runs/${run.id}`, 303);
  });

  app.post<ActionRequest>('/runs/:id/unpin', guarded, async (request, reply) => {
    const { id } = await knownRun(store, request.params.id);
    await store.runs.pin(id, false);
    return reply.redirect(`/runs/${id}`, 303);
  });

  app.post<ActionRequest & { Body: { tags?: string; note?: string } }>(
    '/runs/:id/notes',
    guarded,
    async (request, reply) => {
      const { tags = '', note = '' } = request.body ?? {};
      const { id } = request.params;
      await noteRun(store, request, id, { tags: tags.split(/[\s,]+/).filter(Boolean), note });
      return reply.redirect(`/runs/${id}`, 303);
    },
  );

  app.post<ActionRequest>('/runs/:id/accept', guarded, async (request, reply) => {
    const { id } = await acceptRun(store, request);
    return reply.redirect(`/runs/${id}`, 303);
  });

  app.post<{ Params: { id: string; index: string } }>(
    '/runs/:id/deliveries/:index/again',
    guarded,
    async (request, reply) => {
      const { id } = await knownRun(store, request.params.id);
      const told = await store.deliveries.again(id, (_, index) => String(index) === request.params.index);
      if (told === 0) throw new MarteauError('not-found', { what: 'delivery of this run' });
      await audit(store, request, 'delivery.again', `run ${id}`, { after: request.params.index });
      return reply.redirect(`/runs/${id}`, 303);
    },
  );

  app.post<ActionRequest>('/runs/:id/confirm', guarded, async (request, reply) => {
    const run = await knownRun(store, request.params.id);
    await beginConfirmation(store, run);
    return reply.redirect(`/runs/${run.id}`, 303);
  });

  app.post<ActionRequest>('/runs/:id/confirm/cancel', guarded, async (request, reply) => {
    const run = await knownRun(store, request.params.id);
    await endConfirmation(store, run, submitterOf(request, 'form'));
    return reply.redirect(`/runs/${run.id}`, 303);
  });

  app.post<ActionRequest>('/runs/:id/bisect', guarded, async (request, reply) => {
    const run = await knownRun(store, request.params.id);
    const asked = { good: null, hours: HOURS.usual, now: Date.now() };
    const { good } = await beginBisect({ store, config }, run, asked);
    await audit(store, request, 'run.bisect', `run ${run.id}`, { after: good });
    return reply.redirect(`/runs/${run.id}`, 303);
  });

  app.post<ActionRequest>('/runs/:id/bisect/cancel', guarded, async (request, reply) => {
    const run = await knownRun(store, request.params.id);
    await endBisect(store, run, submitterOf(request, 'form'));
    return reply.redirect(`/runs/${run.id}`, 303);
  });

  app.post<ActionRequest>('/runs/:id/delete', { ...ofRun('owner'), ...form }, async (request, reply) => {
    const { id } = await knownRun(store, request.params.id);
    await putIntoBin(store, request, 'run', id);
    return reply.redirect('/bin', 303);
  });
}
