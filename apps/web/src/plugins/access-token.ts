import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { MarteauError } from '@marteau/shared';
import type { Sessions } from '@marteau/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { WebConfig } from '../config.ts';
import { browserCookie, guardedCookie } from '../server/browser-cookie.ts';

type Session =
  | { readonly state: 'open'; readonly id: string }
  | { readonly state: 'over' | 'forged' }
  /** Redis is away. */
  | { readonly state: 'unknown'; readonly why: unknown };

declare module 'fastify' {
  interface FastifyRequest {
    /** What became of the cookie that came with it; null where none did. */
    session: Session | null;
    /** Whether whoever asks has shown the access token. */
    hasToken(): boolean;
  }
  interface FastifyReply {
    /**
     * Compares a token that was typed in and opens a session for its browser. False when it is wrong.
     * @throws MarteauError too-many-tries
     */
    signIn(token: string): Promise<boolean>;
    /** Ends the session, whoever else may have its cookie. */
    signOut(): Promise<void>;
  }
  interface FastifyInstance {
    /** Refuses whoever is not known. @throws MarteauError access-denied, too-many-tries */
    refuse(request: FastifyRequest, reply: FastifyReply): never;
  }
}

/** One token for the whole server: as a Bearer token for programs; for browsers a session that it has opened. */
export const accessToken = fp<{ config: WebConfig; sessions: Sessions }>(
  async (app, { config, sessions }) => {
    const { accessToken } = config;
    const cookie = guardedCookie('marteau_access', config);
    // All roads count the wrong ones alone: whoever has the right token is let in, however many others guess.
    const wrongTries = createWrongTries();

    app.decorateRequest('session', null);
    app.addHook('onRequest', async (request) => {
      const kept = accessToken === null ? undefined : request.cookies[cookie];
      if (accessToken === null || kept === undefined) return;
      const id = sessionIn(kept, accessToken);
      if (id === null) request.session = { state: 'forged' };
      else request.session = await stateOf(sessions, id);
    });

    app.decorateRequest('hasToken', function hasToken(this: FastifyRequest): boolean {
      if (accessToken === null) return false;
      if (this.session?.state === 'open') return true;
      const bearer = bearerOf(this);
      return bearer !== undefined && equal(bearer, accessToken);
    });

    app.decorateReply('signIn', async function signIn(this: FastifyReply, token: string): Promise<boolean> {
      if (accessToken === null) return false;
      if (!equal(token, accessToken)) {
        wrongTries.count(this.request.ip);
        return false;
      }
      const id = randomBytes(32).toString('base64url');
      await sessions.begin(id);
      this.setCookie(cookie, cookieOf(id, accessToken), { ...browserCookie(config), httpOnly: true });
      return true;
    });

    app.decorateReply('signOut', async function signOut(this: FastifyReply): Promise<void> {
      const { session } = this.request;
      if (session?.state === 'open') await sessions.end(session.id);
      this.clearCookie(cookie, browserCookie(config));
    });

    app.decorate('refuse', (request: FastifyRequest, reply: FastifyReply): never => {
      const { session } = request;
      if (session?.state === 'unknown') throw session.why;
      // One that was made with another token, which may have been a guess: it is not sent again.
      if (session) reply.clearCookie(cookie, browserCookie(config));
      if (session?.state === 'forged' || bearerOf(request) !== undefined) wrongTries.count(request.ip);
      throw new MarteauError('access-denied', {});
    });
  },
  { name: 'access-token', dependencies: ['@fastify/cookie'] },
);

async function stateOf(sessions: Sessions, id: string): Promise<Session> {
  try {
    return (await sessions.isOpen(id)) ? { state: 'open', id } : { state: 'over' };
  } catch (why) {
    return { state: 'unknown', why };
  }
}

export function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** What the cookie holds: the session's id, and a proof that it was opened with the token as it is now. */
function cookieOf(id: string, token: string): string {
  return `${id}.${createHmac('sha256', token).update(`marteau session ${id}`).digest('base64url')}`;
}

/** The session that a cookie is for; null for one that this token has not made. */
function sessionIn(kept: string, token: string): string | null {
  const [id = ''] = kept.split('.');
  return equal(kept, cookieOf(id, token)) ? id : null;
}

/** Compares without telling by its time where the two differ, or how long the right one is. */
function equal(given: string, right: string): boolean {
  const digest = (text: string) => createHmac('sha256', right).update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

/** So many wrong tokens a minute from one address are typing mistakes; more are guesses. */
const TRIES_PER_MINUTE = 30;
const MINUTE = 60_000;
/** Addresses beyond these share one count, so that guesses from everywhere fill no memory. */
const MOST_ADDRESSES = 10_000;

interface WrongTries {
  /** Counts a wrong token. @throws MarteauError too-many-tries, once its address had its share of this minute */
  count(address: string): void;
}

/** @param now a clock in ms that never goes back */
export function createWrongTries(now = () => performance.now()): WrongTries {
  const tries = new Map<string, number>();
  let since = now();
  return {
    count(address) {
      if (now() - since >= MINUTE) {
        tries.clear();
        since = now();
      }
      const key = tries.has(address) || tries.size < MOST_ADDRESSES ? address : 'others';
      const before = tries.get(key) ?? 0;
      if (before >= TRIES_PER_MINUTE) throw new MarteauError('too-many-tries', {});
      tries.set(key, before + 1);
    },
  };
}
