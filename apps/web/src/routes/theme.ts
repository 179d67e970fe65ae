import type { FastifyInstance } from 'fastify';
import type { WebConfig } from '../config.ts';
import { open } from '../rights/rule.ts';
import { browserCookie } from '../server/browser-cookie.ts';
import { sameSitePath } from '../server/same-site-path.ts';

/** Remembers light, dark or the system's colours, for browsers without JavaScript. */
export async function themeRoutes(app: FastifyInstance, { config }: { config: WebConfig }) {
  app.post<{ Body: { theme?: string; back?: string } }>(
    '/theme',
    { ...open, preHandler: app.checkCsrf, schema: { hide: true } },
    async (request, reply) => {
      const { theme = 'system', back } = request.body;
      if (/^(system|light|dark)$/.test(theme)) reply.setCookie('marteau_theme', theme, browserCookie(config));
      return reply.redirect(sameSitePath(back) ?? '/', 303);
    },
  );
}
