// One of the compared servers, in a process of its own: `node bench/web/serve.ts app|bare ID`.
import { openStore } from '@marteau/store';
import Fastify from 'fastify';
import { pino } from 'pino';
import { readConfig } from '../../apps/web/src/config.ts';
import { createEvidence } from '../../apps/web/src/data/evidence.ts';
import { loadHome } from '../../apps/web/src/data/home.ts';
import { loadRunPage } from '../../apps/web/src/data/run-page.ts';
import { templateEngine } from '../../apps/web/src/plugins/views.ts';
import { buildApp } from '../../apps/web/src/server/app.ts';
import { homeView } from '../../apps/web/src/views/home.ts';

const [kind, runId = ''] = process.argv.slice(2);
const config = readConfig(process.env, process.cwd());
const log = pino({ level: 'error' }, pino.destination(2));
const store = await openStore({
  redisUrl: config.redisUrl,
  dataFolder: config.dataFolder,
  log,
  clientName: 'web',
  kind: 'web',
});

const app = kind === 'app' ? await buildApp({ config, store, log }) : await bare();
process.stdout.write(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);

/** The same templates with the same content, all of it in memory: what the template engine alone costs. */
async function bare() {
  const templates = templateEngine();
  const site = {
    assets: '/assets/x',
    csrf: 'x'.repeat(43),
    example: null,
    nav: ['Runs', 'New run', 'Projects', 'Nodes', 'Docs'].map((name) => ({ name, href: '/', here: false })),
    path: '/',
    signedIn: false,
    isAdmin: true,
    you: null,
    theme: null,
    themes: ['system', 'light', 'dark'].map((value) => ({ value, title: value, icon: value, chosen: false })),
  };
  const home = homeView(await loadHome(store, null), Date.now());
  const run = await loadRunPage({ store, evidenceOf: createEvidence(store) }, runId, Date.now());
  const pages = {
    '/': () =>
      templates.render('pages/home.njk', { site, title: 'Runs', home, form: { repo: '', email: '' } }),
    [`/runs/${runId}`]: () =>
      templates.render('pages/run.njk', {
        site,
        title: run.title,
        run,
        may: { run: true, own: true },
        notes: null,
        tags: [],
      }),
  };
  const server = Fastify();
  for (const [path, render] of Object.entries(pages)) {
    server.get(path, (_request, reply) => reply.type('text/html; charset=utf-8').send(render()));
  }
  return server;
}
