import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebConfig } from '../config.ts';
import { audit } from '../rights/audit.ts';
import { open } from '../rights/rule.ts';
import { baseUrl } from '../server/base-url.ts';
import { browserCookie, guardedCookie } from '../server/browser-cookie.ts';
import { sameSitePath } from '../server/same-site-path.ts';
import type { SignInByMail } from '../sign-in/by-mail.ts';
import type { Provider } from '../sign-in/providers/provider.ts';
import { moment } from '../views/moment.ts';

/** Each wrong try costs whoever makes it this long, in ms. */
const PENALTY = 300;
const TEN_MINUTES_S = 600;

/** What the signed links of mails open. */
const OPENED_BY_KEY = /^\/runs\/[^/]+\/(report|results\.json|files\/)/;

interface Services {
  store: Store;
  config: WebConfig;
  byMail: SignInByMail;
  providers: readonly Provider[];
}

/** Signing in: with a link in a mail where there are accounts, and with the access token where there is one. */
export async function signInRoutes(app: FastifyInstance, { store, config, byMail, providers }: Services) {
  const guarded = { ...open, preHandler: app.checkCsrf, schema: { hide: true } };
  const askCookie = guardedCookie('marteau_ask', config);
  const view = (to: string, more: { wrong?: string; again?: boolean; mail?: string } = {}) => ({
    title: 'Sign in',
    to,
    wrong: '',
    again: false,
    mail: '',
    ...more,
    isLink: OPENED_BY_KEY.test(to),
    hasAccounts: config.admins.length > 0,
    providers: config.admins.length > 0 ? providers.map(({ id, name }) => ({ id, name })) : [],
    hasToken: config.accessToken !== null,
  });

  app.get<{ Querystring: { to?: string; again?: string } }>(
    '/sign-in',
    { ...open, schema: { hide: true } },
    async (request, reply) => {
      const to = sameSitePath(request.query.to) ?? '/';
      const { actor } = request;
      const again = request.query.again !== undefined && actor.kind === 'person';
      if (actor.kind !== 'nobody' && !again) return reply.redirect(to, 303);
      const mail = actor.kind === 'person' ? (actor.person.mail ?? '') : '';
      return reply.page('pages/sign-in', view(to, { again, mail }));
    },
  );

  app.post<{ Body: { token?: string; to?: string } }>('/sign-in', guarded, async (request, reply) => {
    const to = sameSitePath(request.body.to) ?? '/';
    if (await reply.signIn(String(request.body.token ?? ''))) {
      await audit(store, request, 'sign-in', 'the access token');
      return reply.redirect(to, 303);
    }
    if (config.accessToken !== null) await audit(store, request, 'sign-in.refused', 'the access token');
    await pause(PENALTY);
    const error = new MarteauError('wrong-token', {});
    return reply.code(error.status).page('pages/sign-in', view(to, { wrong: error.message }));
  });

  app.post<{ Body: { mail?: string; to?: string } }>('/sign-in/mail', guarded, async (request, reply) => {
    demandAccounts();
    const mail = String(request.body.mail ?? '');
    await byMail.ask({
      mail,
      to: sameSitePath(request.body.to) ?? '/',
      browser: browserOf(request, reply),
      agent: (request.headers['user-agent'] ?? '').slice(0, 200),
      address: request.ip,
      base: baseUrl(config, request),
    });
    return reply.page('pages/sign-in-asked', { title: 'Look into your mailbox', mail: mail.trim() });
  });

  // The code stands behind the #, which no proxy sees and no log has.
  app.get('/sign-in/link', { ...open, schema: { hide: true } }, async (_request, reply) => {
    demandAccounts();
    reply.header('referrer-policy', 'no-referrer');
    return reply.page('pages/sign-in-link', { title: 'Sign in', asked: null, code: '' });
  });

  app.post<{ Body: { code?: string; confirmed?: string } }>(
    '/sign-in/link',
    guarded,
    async (request, reply) => {
      demandAccounts();
      reply.header('referrer-policy', 'no-referrer');
      const code = String(request.body.code ?? '')
        .trim()
        .replace(/^.*#/, '')
        .slice(0, 100);
      const asked = await byMail.look(code);
      if (asked === null) {
        await audit(store, request, 'sign-in.refused', 'a link that is used or over');
        await pause(PENALTY);
        throw new MarteauError('link-over', {});
      }
      if (!byMail.isSameBrowser(asked, request.cookies[askCookie]) && !request.body.confirmed) {
        const when = moment(new Date(asked.at).toISOString(), Date.now());
        return reply.page('pages/sign-in-link', {
          title: 'Sign in on this browser?',
          asked: { ...asked, when },
          code,
        });
      }
      const { person, to } = await byMail.use(code);
      await reply.signPersonIn(person.id, 'mail');
      reply.clearCookie(askCookie, browserCookie(config));
      await audit(store, request, 'sign-in', `person ${person.id}`, { after: 'by mail' });
      return reply.redirect(to, 303);
    },
  );

  app.post('/sign-out', guarded, async (request, reply) => {
    await audit(store, request, 'sign-out', '');
    await reply.signPersonOut();
    await reply.signOut();
    return reply.redirect('/sign-in', 303);
  });

  function demandAccounts(): void {
    if (config.admins.length === 0) throw new MarteauError('no-accounts', {});
  }

  /** What this browser keeps until the mail has come. */
  function browserOf(request: FastifyRequest, reply: FastifyReply): string {
    const known = request.cookies[askCookie];
    if (known && /^[\w-]{43}$/.test(known)) return known;
    const made = randomBytes(32).toString('base64url');
    reply.setCookie(askCookie, made, { ...browserCookie(config), httpOnly: true, maxAge: TEN_MINUTES_S });
    return made;
  }
}
