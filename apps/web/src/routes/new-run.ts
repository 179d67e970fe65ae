import { isMarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { WebConfig } from '../config.ts';
import type { Looker } from '../look/looker.ts';
import { isFromForeignPage } from '../plugins/known-origin.ts';
import { audit } from '../rights/audit.ts';
import { signedIn } from '../rights/rule.ts';
import { type RunForm, readRunForm, runRequest } from '../runs/run-form.ts';
import { submit } from '../runs/submit.ts';
import { nameOf, submitterOf } from '../runs/submitter-of.ts';
import { problemTitle } from '../server/problem.ts';
import { lookView, newRunView } from '../views/new-run.ts';

interface Services {
  store: Store;
  config: WebConfig;
  looker: Looker;
}

interface FormPost {
  Body: Record<string, unknown>;
}

/** The form for a new run: empty, filled in from a repository's file, or sent. */
export async function newRunRoutes(app: FastifyInstance, services: Services) {
  const { looker } = services;
  const guarded = { ...signedIn, preHandler: app.checkCsrf, schema: { hide: true } };

  const show = (reply: FastifyReply, form: RunForm, rest: Partial<Parameters<typeof newRunView>[1]> = {}) =>
    reply.page('pages/new-run', {
      title: 'New run',
      ...newRunView(form, { look: null, wrong: null, foreign: false, ...rest }),
    });

  app.get<{ Querystring: Record<string, unknown> }>(
    '/new',
    { ...signedIn, schema: { hide: true } },
    async (request, reply) =>
      show(reply, readRunForm(request.query), { foreign: isFromForeignPage(request) }),
  );

  // "Look at the repository": what the page's script does by itself, for browsers without it.
  app.post<FormPost>('/new', guarded, async (request, reply) => {
    const form = readRunForm(request.body);
    if (form.repo === '') return show(reply, form);
    try {
      const look = await looker.look(runRequest(form), request.rights);
      return show(reply, form, { look: lookView(look) });
    } catch (error) {
      return refused(reply, form, error);
    }
  });

  app.post<FormPost>('/runs', guarded, async (request, reply) => {
    const form = readRunForm(request.body);
    try {
      const run = await submit(services, runRequest(form), {
        trigger: 'form',
        submitter: submitterOf(request, 'form'),
        name: nameOf(request),
        rights: await app.rightsToStart(request),
      });
      await audit(services.store, request, 'run.submit', `run ${run.id}`, { after: run.project });
      return reply.redirect(`/runs/${run.id}`, 303);
    } catch (error) {
      return refused(reply, form, error);
    }
  });

  /** What was typed stays in the form, with the sentence that says what is wrong with it. */
  function refused(reply: FastifyReply, form: RunForm, error: unknown) {
    if (!isMarteauError(error) || error.code === 'internal') throw error;
    reply.code(error.status);
    return show(reply, form, { wrong: { title: problemTitle(error.status), sentence: error.message } });
  }
}
