import { MarteauError, type Run } from '@marteau/shared';
import { projectId, type Store } from '@marteau/store';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Pages } from '../../data/pages.ts';
import { sendEvents } from '../../live/send-events.ts';
import { createViewers } from '../../live/viewers.ts';
import { ofRun } from '../../rights/rule.ts';
import { knownRun } from '../../runs/known-run.ts';

/** How long a right that was taken away still shows what happens. */
const LOOK_MS = 5000;
const ID_SHAPE = /^[\w.-]{1,64}$/;

const schema = {
  tags: ['runs'],
  summary: 'The events of a run as they come',
  description:
    'Server-sent events `console`, `tick`, `state` and `fault`, from the begin or after `Last-Event-ID`; the ticks of several nodes are one. `end` follows the last event of a run that has ended.',
  params: Type.Object({ id: Type.String() }),
  querystring: Type.Object({
    from: Type.Optional(
      Type.String({ description: 'Like Last-Event-ID, for clients that cannot send headers' }),
    ),
  }),
  headers: Type.Object({ 'last-event-id': Type.Optional(Type.String()) }),
};

interface EventsRequest {
  Params: { id: string };
  Querystring: { from?: string };
  Headers: { 'last-event-id'?: string };
}

/** The live stream of one run. */
export async function eventRoutes(app: FastifyInstance, { store, pages }: { store: Store; pages: Pages }) {
  // Whoever hears of a new state asks for the page, and must not be shown the old one.
  const viewers = createViewers(store, pages.changed);
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());

  /** Who may not see the run any more is shown no more of it. A queue that is away takes nobody's right. */
  async function endWithRight(request: FastifyRequest, { project }: Run, open: AbortController) {
    const rights = await app.rightsNow(request).catch(() => null);
    if (rights !== null && !rights.may(projectId(project), 'reader', 'read')) open.abort();
  }

  app.get<EventsRequest>(
    '/api/v1/runs/:id/events',
    { config: { ...ofRun('reader').config, isStream: true }, schema, exposeHeadRoute: false },
    async (request, reply) => {
      const run = await knownRun(store, request.params.id);
      const after = request.headers['last-event-id'] || request.query.from || null;
      if (after !== null && !ID_SHAPE.test(after)) {
        throw new MarteauError('bad-request', { detail: 'Last-Event-ID is none that this server gave out.' });
      }
      const left = new AbortController();
      request.raw.once('close', () => left.abort());
      const signal = AbortSignal.any([left.signal, closing.signal]);
      const watch = setInterval(() => void endWithRight(request, run, left), LOOK_MS);
      try {
        await sendEvents(reply, viewers, { runId: run.id, afterId: after, signal });
      } finally {
        clearInterval(watch);
      }
    },
  );
}
