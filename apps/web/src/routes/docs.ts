import { MarteauError } from '@marteau/shared';
import type { FastifyInstance } from 'fastify';
import type { WebConfig } from '../config.ts';
import { loadGuide, picture, pictureNames, publishedFile, schemaFiles } from '../guide/guide.ts';
import { searchGuide } from '../guide/search.ts';
import { anonymous, signedIn } from '../rights/rule.ts';
import { baseUrl } from '../server/base-url.ts';
import { type ApiDocument, apiSections } from '../views/api-page.ts';

const LONGEST_QUERY = 200;

/**
 * The schemas at addresses of their own, for editors and programs: they have no way to sign in, and may belong to other
 * sites. They are the same on every Marteau of a version.
 */
export async function schemaRoutes(app: FastifyInstance) {
  for (const name of schemaFiles) {
    const file = await publishedFile(name);
    app.get(`/${name}`, { ...anonymous, schema: { hide: true } }, (_request, reply) =>
      reply
        .headers({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' })
        .type('application/schema+json')
        .send(file),
    );
  }
}

/** The user guide: the Markdown files under docs/ that are for users, as pages; and the API, from its schemas. */
export async function docsRoutes(app: FastifyInstance, { config }: { config: WebConfig }) {
  const guide = await loadGuide();
  const menu = (here: string) => [
    ...guide.map(({ name, title }) => ({ title, href: `/docs/${name}`, here: name === here })),
    { title: 'The API', href: '/api/docs', here: here === 'api' },
  ];

  const show = (name: string) => {
    const page = guide.find((one) => one.name === name);
    if (!page) throw new MarteauError('unknown-document', { page: name.slice(0, 60) });
    return { title: page.title, html: page.html, sections: page.sections, menu: menu(name) };
  };

  app.get('/docs', { ...signedIn, schema: { hide: true } }, async (_request, reply) =>
    reply.page('pages/guide', show(guide[0]?.name ?? '')),
  );
  app.get<{ Querystring: { q?: string } }>(
    '/docs/search',
    { ...signedIn, schema: { hide: true } },
    async (request, reply) => {
      const query = (request.query.q ?? '').slice(0, LONGEST_QUERY).trim();
      const found = searchGuide(guide, query);
      const view = { title: 'Search the guide', query, many: /\s/.test(query), found, menu: menu('') };
      return reply.page('pages/guide-search', view);
    },
  );
  app.get<{ Params: { page: string } }>(
    '/docs/:page',
    { ...signedIn, schema: { hide: true } },
    async (request, reply) => {
      const name = request.params.page;
      const file = await publishedFile(name);
      if (file === null) return reply.page('pages/guide', show(name.replace(/\.md$/, '')));
      return reply
        .type(name.endsWith('.json') ? 'application/schema+json' : 'text/plain; charset=utf-8')
        .send(file);
    },
  );

  const pictures = await pictureNames();
  app.get<{ Params: { name: string } }>(
    '/docs/images/:name',
    { ...signedIn, schema: { hide: true } },
    async (request, reply) => {
      const { name } = request.params;
      if (!pictures.has(name)) throw new MarteauError('not-found', { what: `picture ${name.slice(0, 60)}` });
      return reply
        .header('cache-control', 'max-age=3600')
        .type('image/png')
        .send(await picture(name));
    },
  );

  app.get('/api/openapi.json', { ...signedIn, schema: { hide: true } }, async () => app.swagger());
  app.get('/api/docs', { ...signedIn, schema: { hide: true } }, async (request, reply) => {
    const token = config.accessToken !== null;
    const sections = apiSections(app.swagger() as ApiDocument, baseUrl(config, request), token);
    return reply.page('pages/api', { title: 'The API', sections, token, menu: menu('api') });
  });
}
