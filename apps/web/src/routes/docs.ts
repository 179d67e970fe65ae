import { MarteauError } from '@marteau/shared';
import type { FastifyInstance } from 'fastify';
import { loadGuide, publishedFile } from '../guide/guide.ts';

/** The user guide: the Markdown files under docs/ that are for users, as pages. */
export async function docsRoutes(app: FastifyInstance) {
  const guide = await loadGuide();
  const menu = (here: string) => guide.map(({ name, title }) => ({ name, title, here: name === here }));

  const show = (name: string) => {
    const page = guide.find((one) => one.name === name);
    if (!page) throw new MarteauError('unknown-document', { page: name.slice(0, 60) });
    return { title: page.title, html: page.html, menu: menu(name) };
  };

  app.get('/docs', { schema: { hide: true } }, async (_request, reply) =>
    reply.page('pages/guide', show(guide[0]?.name ?? '')),
  );
  app.get<{ Params: { page: string } }>('/docs/:page', { schema: { hide: true } }, async (request, reply) => {
    const name = request.params.page;
    const file = await publishedFile(name);
    if (file === null) return reply.page('pages/guide', show(name.replace(/\.md$/, '')));
    return reply
      .type(name.endsWith('.json') ? 'application/schema+json' : 'text/plain; charset=utf-8')
      .send(file);
  });
}
