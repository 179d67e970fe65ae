import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { withCode } from '@marteau/report';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import nunjucks from 'nunjucks';
import type { WebConfig } from '../config.ts';
import type { Actor } from '../rights/actor.ts';

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Renders templates/NAME.njk into an HTML answer.
     * @param context what the template shows; `site` is added
     */
    page(name: string, context: object): FastifyReply;
    /** The same for a part of a page that renews itself: answers 304 while nothing but ages changed. */
    part(name: string, context: object): FastifyReply;
  }
}

const templates = fileURLToPath(new URL('../../../../templates', import.meta.url));

const navigation = [
  { name: 'Runs', href: '/' },
  { name: 'New run', href: '/new' },
  { name: 'Projects', href: '/projects' },
  { name: 'Nodes', href: '/nodes' },
  { name: 'Docs', href: '/docs' },
];

const people = { name: 'People', href: '/people' };

/** What there is for whoever asks: people where there are accounts, for admins. */
function navigationOf({ actor, rights }: FastifyRequest) {
  if (actor.kind === 'nobody') return [];
  return actor.kind === 'person' && rights.isAdmin ? [...navigation, people] : navigation;
}

const themes = [
  { value: 'system', title: 'Colours of the system', icon: 'system' },
  { value: 'light', title: 'Light', icon: 'light' },
  { value: 'dark', title: 'Dark', icon: 'dark' },
];

/** Pages from nunjucks templates. Everything is escaped by the template engine, unless a template says `safe`. */
export const views = fp<{ config: WebConfig; assets: string }>(
  async (app, { config, assets }) => {
    const environment = templateEngine();

    const render = (reply: FastifyReply, name: string, context: object) =>
      environment.render(`${name}.njk`, { ...context, site: site(reply) });

    function site(reply: FastifyReply) {
      const { request } = reply;
      const theme = themeOf(request);
      const path = request.url.split('?')[0] ?? '/';
      return {
        assets,
        csrf: reply.csrfToken(),
        example: config.example,
        nav: navigationOf(request).map((item) => ({ ...item, here: isHere(item.href, path) })),
        isAdmin: request.rights.isAdmin,
        you: request.actor.kind === 'person' ? request.actor.person.name : null,
        path: request.method === 'GET' ? request.url : '/',
        signedIn: isSignedIn(request.actor),
        theme: theme === 'system' ? null : theme,
        themes: themes.map((choice) => ({ ...choice, chosen: choice.value === theme })),
      };
    }

    app.decorateReply('page', function page(this: FastifyReply, name: string, context: object) {
      return this.type('text/html; charset=utf-8').send(render(this, name, context));
    });

    app.decorateReply('part', function part(this: FastifyReply, name: string, context: object) {
      const html = render(this, name, context);
      const etag = `"${createHash('sha1').update(withoutAges(html)).digest('base64url')}"`;
      this.header('etag', etag);
      if (this.request.headers['if-none-match'] === etag) return this.code(304).send();
      return this.type('text/html; charset=utf-8').send(html);
    });
  },
  { dependencies: ['csrf', 'actor'] },
);

/** Compiles each template once and escapes whatever it shows. */
export function templateEngine(): nunjucks.Environment {
  const engine = new nunjucks.Environment(new nunjucks.FileSystemLoader(templates), {
    autoescape: true,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  engine.addFilter('withCode', (html: unknown) => new nunjucks.runtime.SafeString(withCode(String(html))));
  return engine;
}

function themeOf(request: FastifyRequest): string {
  const kept = request.cookies.marteau_theme;
  return themes.find(({ value }) => value === kept)?.value ?? 'system';
}

function isHere(href: string, path: string): boolean {
  if (href === '/') return path === '/' || path.startsWith('/runs');
  if (href === '/docs' && path === '/api/docs') return true;
  return path === href || path.startsWith(`${href}/`);
}

/** Ages ("3 s ago") change by themselves, in the browser. */
function withoutAges(html: string): string {
  return html.replace(/(<time [^>]*>)[^<]*/g, '$1');
}

/** Whether there is something to sign out of. */
function isSignedIn({ kind }: Actor): boolean {
  return kind === 'person' || kind === 'token';
}
