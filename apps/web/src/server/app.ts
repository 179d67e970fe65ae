import { randomBytes } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import fastifyFormbody from '@fastify/formbody';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { Store } from '@marteau/store';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { WebConfig } from '../config.ts';
import { createPages, type Pages } from '../data/pages.ts';
import { createLooker, type Looker } from '../look/looker.ts';
import { createWebMeters, type WebMeters } from '../meters/meters.ts';
import { accessToken } from '../plugins/access-token.ts';
import { actor } from '../plugins/actor.ts';
import { type Assets, assetRoutes, loadAssets } from '../plugins/assets.ts';
import { audited } from '../plugins/audited.ts';
import { csrf } from '../plugins/csrf.ts';
import { errors } from '../plugins/errors.ts';
import { knownOrigin } from '../plugins/known-origin.ts';
import { openapi } from '../plugins/openapi.ts';
import { securityHeaders } from '../plugins/security-headers.ts';
import { views } from '../plugins/views.ts';
import { abuseRoutes } from '../routes/abuse.ts';
import { apiBaselineRoutes } from '../routes/api/baseline.ts';
import { apiBinRoutes } from '../routes/api/bin.ts';
import { apiBlockRoutes } from '../routes/api/blocks.ts';
import { eventRoutes } from '../routes/api/events.ts';
import { apiHookRoutes } from '../routes/api/hook.ts';
import { lookRoutes } from '../routes/api/look.ts';
import { apiNodeRoutes } from '../routes/api/nodes.ts';
import { apiProjectRoutes } from '../routes/api/projects.ts';
import { apiQueueRoutes } from '../routes/api/queue.ts';
import { apiRunRoutes } from '../routes/api/runs.ts';
import { scaleRoutes } from '../routes/api/scale.ts';
import { apiVersionRoutes } from '../routes/api/version.ts';
import { auditRoutes } from '../routes/audit.ts';
import { badgeRoute } from '../routes/badge.ts';
import { binRoutes } from '../routes/bin.ts';
import { commandRoutes } from '../routes/command.ts';
import { compareRoutes } from '../routes/compare.ts';
import { consoleRoutes } from '../routes/console.ts';
import { docsRoutes, schemaRoutes } from '../routes/docs.ts';
import { doctorRoutes } from '../routes/doctor.ts';
import { formApiRoutes } from '../routes/form-api.ts';
import { healthRoutes } from '../routes/health.ts';
import { homeRoutes } from '../routes/home.ts';
import { hookRoutes } from '../routes/hooks.ts';
import { mailboxRoutes } from '../routes/mailbox.ts';
import { mcpRoutes } from '../routes/mcp.ts';
import { memberRoutes } from '../routes/members.ts';
import { metricsRoutes } from '../routes/metrics.ts';
import { newRunRoutes } from '../routes/new-run.ts';
import { nodesRoutes } from '../routes/nodes.ts';
import { outboxRoutes } from '../routes/outbox.ts';
import { passkeyRoutes } from '../routes/passkeys.ts';
import { peopleRoutes } from '../routes/people.ts';
import { projectRoutes } from '../routes/project.ts';
import { projectHookRoutes } from '../routes/project-hook.ts';
import { projectsRoutes } from '../routes/projects.ts';
import { runRoutes } from '../routes/run.ts';
import { runActionRoutes } from '../routes/run-actions.ts';
import { runChaosRoutes } from '../routes/run-chaos.ts';
import { reportRoutes, runFileRoutes } from '../routes/run-files.ts';
import { runLoadRoutes } from '../routes/run-load.ts';
import { runsRoutes } from '../routes/runs.ts';
import { secretRoutes } from '../routes/secrets.ts';
import { signInRoutes } from '../routes/sign-in.ts';
import { signInWithRoutes } from '../routes/sign-in-with.ts';
import { themeRoutes } from '../routes/theme.ts';
import { trendRoutes } from '../routes/trend.ts';
import { youRoutes } from '../routes/you.ts';
import { openSearch, type Search } from '../search/search.ts';
import { createSignInByMail, type SignInByMail } from '../sign-in/by-mail.ts';
import { createMailer, type Mailer } from '../sign-in/mailer.ts';
import { openProviders } from '../sign-in/providers/index.ts';
import type { Provider } from '../sign-in/providers/provider.ts';

export interface AppOptions {
  config: WebConfig;
  store: Store;
  log: FastifyBaseLogger;
  /** Prints a line where the operator reads it. */
  tell?: (line: string) => void;
}

/** What the routes work with. */
interface Services {
  config: WebConfig;
  store: Store;
  looker: Looker;
  pages: Pages;
  meters: WebMeters;
  providers: readonly Provider[];
  send: Mailer;
  byMail: SignInByMail;
  search: Search;
}

/** A form or a request to the API is small; nothing is ever uploaded here. */
const LARGEST_BODY = 256 * 1024;

/** Until a request is read; Fastify would switch Node's own limit off, and whoever sends a byte a minute hold a socket. */
const SLOWEST_REQUEST_MS = 60_000;

/** Node refuses longer ones itself. What is too long for an id is not found by its route, with a sentence. */
const LONGEST_ADDRESS = 16 * 1024;

/** The whole web app, ready to listen. */
export async function buildApp({
  config,
  store,
  log,
  tell = () => {},
}: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    // Who asks is what these say in X-Forwarded-For; of anybody else that header says nothing.
    trustProxy: config.trustedProxies.length > 0 && [...config.trustedProxies],
    bodyLimit: LARGEST_BODY,
    requestTimeout: SLOWEST_REQUEST_MS,
    forceCloseConnections: 'idle',
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomBytes(6).toString('base64url'),
    rewriteUrl: ({ url = '/' }) => (isReadable(url) ? url : '/unreadable'),
    routerOptions: {
      maxParamLength: LONGEST_ADDRESS,
      ignoreTrailingSlash: true,
      // No route takes a list: what is given twice counts once.
      querystringParser: (text) => Object.fromEntries(new URLSearchParams(text)),
    },
  });
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  const send = createMailer(config, tell);
  const search = await openSearch(store, log);
  app.addHook('onClose', () => search.close());
  const services: Services = {
    config,
    store,
    looker: createLooker(config, store, closing.signal),
    pages: createPages(store),
    meters: createWebMeters(store),
    providers: openProviders(config.providers),
    send,
    byMail: createSignInByMail({ store, config, send }, log),
    search,
  };
  const assets = await loadAssets();

  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.removeContentTypeParser('text/plain');
  await app.register(fastifyCookie);
  await app.register(fastifyFormbody);
  await app.register(securityHeaders);
  await app.register(knownOrigin, { config });
  await app.register(csrf, { config });
  await app.register(accessToken, { config, sessions: store.sessions });
  await app.register(actor, { config, store, providers: services.providers });
  await app.register(audited, { store });
  await app.register(views, { config, assets: assets.path });
  await app.register(errors, services);
  app.addHook('onResponse', async ({ routeOptions }, reply) => {
    const { url = '', config: route } = routeOptions;
    if (!route.isStream) services.meters.answered(url, reply.statusCode, reply.elapsedTime / 1000);
  });
  await app.register(openapi, { config });

  await app.register(openToAll, { ...services, assets, closing: closing.signal });
  await app.register(forTheKnown, services);
  return app;
}

/** Whether the escapes of an address are UTF-8. The router answers others before any hook of ours has run. */
function isReadable(url: string): boolean {
  try {
    decodeURI(url.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

/** What people who are not known meet: probes, files of pages, signing in, schemas, the command, what a signature opens. */
async function openToAll(
  app: FastifyInstance,
  services: Services & { assets: Assets; closing: AbortSignal },
) {
  await app.register(assetRoutes, services.assets);
  await app.register(healthRoutes, services);
  await app.register(signInRoutes, services);
  await app.register(signInWithRoutes, services);
  await app.register(passkeyRoutes, services);
  await app.register(themeRoutes, services);
  await app.register(reportRoutes, services);
  await app.register(badgeRoute, services);
  await app.register(mailboxRoutes, services);
  await app.register(abuseRoutes, services);
  await app.register(hookRoutes, services);
  await app.register(schemaRoutes);
  await app.register(commandRoutes, services);
}

/** Everything else. */
async function forTheKnown(app: FastifyInstance, services: Services) {
  // Who changed something sees it on the next page.
  app.addHook('onSend', async (request) => {
    if (request.method !== 'GET') services.pages.changed();
  });
  await app.register(homeRoutes, services);
  await app.register(youRoutes, services);
  await app.register(peopleRoutes, services);
  await app.register(memberRoutes, services);
  await app.register(secretRoutes, services);
  await app.register(auditRoutes, services);
  await app.register(binRoutes, services);
  await app.register(doctorRoutes, services);
  await app.register(runsRoutes, services);
  await app.register(newRunRoutes, services);
  await app.register(runRoutes, services);
  await app.register(runActionRoutes, services);
  await app.register(runChaosRoutes, services);
  await app.register(runLoadRoutes, services);
  await app.register(consoleRoutes, services);
  await app.register(runFileRoutes, services);
  await app.register(projectsRoutes, services);
  await app.register(projectRoutes, services);
  await app.register(projectHookRoutes, services);
  await app.register(compareRoutes, services);
  await app.register(trendRoutes, services);
  await app.register(nodesRoutes, services);
  await app.register(outboxRoutes, services);
  await app.register(docsRoutes, services);
  await app.register(formApiRoutes, services);
  await app.register(apiRunRoutes, services);
  await app.register(apiProjectRoutes, services);
  await app.register(apiHookRoutes, services);
  await app.register(apiBaselineRoutes, services);
  await app.register(eventRoutes, services);
  await app.register(lookRoutes, services);
  await app.register(apiNodeRoutes, services);
  await app.register(apiQueueRoutes, services);
  await app.register(apiBlockRoutes, services);
  await app.register(scaleRoutes, services);
  await app.register(metricsRoutes, services);
  await app.register(apiBinRoutes, services);
  await app.register(apiVersionRoutes);
  await app.register(mcpRoutes);
}
