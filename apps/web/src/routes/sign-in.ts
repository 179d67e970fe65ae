import { setTimeout as pause } from 'node:timers/promises';
import { MarteauError } from '@marteau/shared';
import type { FastifyInstance } from 'fastify';
import { sameSitePath } from '../server/same-site-path.ts';

/** Each wrong try costs whoever makes it this long, in ms. */
const PENALTY = 300;

/** What the signed links of mails open. */
const OPENED_BY_KEY = /^\/runs\/[^/]+\/(report|results\.json|files\/)/;

/** The page that asks for the access token, and forgets it again. */
export async function signInRoutes(app: FastifyInstance) {
  const view = (to: string, wrong: string) => ({
    title: 'Sign in',
    to,
    wrong,
    isLink: OPENED_BY_KEY.test(to),
  });

  app.get<{ Querystring: { to?: string } }>(
    '/sign-in',
    { schema: { hide: true } },
    async (request, reply) => {
      const to = sameSitePath(request.query.to) ?? '/';
      if (request.hasAccess()) return reply.redirect(to, 303);
      return reply.page('pages/sign-in', view(to, ''));
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
      return reply.code(error.status).page('pages/sign-in', view(to, error.message));
    },
  );

  app.post('/sign-out', { preHandler: app.checkCsrf, schema: { hide: true } }, async (_request, reply) => {
    await reply.signOut();
    return reply.redirect('/sign-in', 303);
  });
}
