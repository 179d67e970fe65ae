import { setTimeout as pause } from 'node:timers/promises';
import { MarteauError } from '@marteau/shared';
import type { FastifyInstance } from 'fastify';
import { sameSitePath } from '../server/same-site-path.ts';

/** Each wrong try costs whoever makes it this long, in ms. */
const PENALTY = 300;

/** The page that asks for the access token, and forgets it again. */
export async function signInRoutes(app: FastifyInstance) {
  app.get<{ Querystring: { to?: string } }>(
    '/sign-in',
    { schema: { hide: true } },
    async (request, reply) => {
      const to = sameSitePath(request.query.to) ?? '/';
      if (request.hasAccess()) return reply.redirect(to, 303);
      return reply.page('pages/sign-in', { title: 'Sign in', to, wrong: '' });
    },
  );

  app.post<{ Body: { token?: string; to?: string } }>(
    '/sign-in',
    { preHandler: app.checkCsrf, schema: { hide: true } },
    async (request, reply) => {
      const to = sameSitePath(request.body.to) ?? '/';
      if (await reply.signIn(String(request.body.token ?? ''))) return reply.redirect(to, 303);
      await pause(PENALTY);
      const error = new MarteauError('wrong-token', {});
      return reply.code(error.status).page('pages/sign-in', { title: 'Sign in', to, wrong: error.message });
    },
  );

  app.post('/sign-out', { preHandler: app.checkCsrf, schema: { hide: true } }, async (_request, reply) => {
    await reply.signOut();
    return reply.redirect('/sign-in', 303);
  });
}
