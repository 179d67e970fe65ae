import type { FastifyInstance } from 'fastify';
import type { Pages } from '../data/pages.ts';
import { signedIn } from '../rights/rule.ts';

interface HomeRequest {
  Querystring: { part?: string };
}

/** What happens now, what waits, what ended; with `?part=now` only what renews itself. */
export async function homeRoutes(app: FastifyInstance, { pages }: { pages: Pages }) {
  app.get<HomeRequest>('/', { ...signedIn, schema: { hide: true } }, async (request, reply) => {
    const home = await pages.home(request.rights.sees);
    if (request.query.part === 'now') return reply.part('partials/home-regions', { home });
    return reply.page('pages/home', { title: 'Runs', home, form: { repo: '', email: '' } });
  });
}
