import { createHmac, timingSafeEqual } from 'node:crypto';
import { MarteauError } from '@marteau/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { WebConfig } from '../config.ts';
import { browserCookie } from '../server/browser-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether whoever asks has shown the access token, or none is asked for. */
    hasAccess(): boolean;
  }
  interface FastifyReply {
    /**
     * Compares a token that was typed in and remembers it in a cookie. False when it is wrong.
     * @throws MarteauError too-many-tries
     */
    signIn(token: string): boolean;
    signOut(): void;
  }
  interface FastifyInstance {
    /** An onRequest hook for scopes that need the access token. @throws MarteauError access-denied, too-many-tries */
    requireAccess(request: FastifyRequest): Promise<void>;
  }
}

const COOKIE = 'marteau_access';

/** One token for the whole server: as a Bearer token for programs, as a cookie that is derived from it for browsers. */
export const access = fp<{ config: WebConfig }>(
  async (app, { config }) => {
    const { accessToken } = config;
    const proof = accessToken === null ? '' : derive(accessToken);
    // Both roads count the wrong ones alone: whoever has the right token is let in, however many others guess.
    const wrongTries = createWrongTries();

    app.decorateRequest('hasAccess', function hasAccess(this: FastifyRequest): boolean {
      if (accessToken === null) return true;
      const kept = this.cookies[COOKIE];
      if (kept && equal(kept, proof)) return true;
      const bearer = bearerOf(this);
      return bearer !== undefined && equal(bearer, accessToken);
    });

    app.decorateReply('signIn', function signIn(this: FastifyReply, token: string): boolean {
      if (accessToken === null) return false;
      if (!equal(token, accessToken)) {
        wrongTries.count(this.request.ip);
        return false;
      }
      this.setCookie(COOKIE, proof, { ...browserCookie(config), httpOnly: true });
      return true;
    });

    app.decorateReply('signOut', function signOut(this: FastifyReply): void {
      this.clearCookie(COOKIE, browserCookie(config));
    });

    app.decorate('requireAccess', async (request: FastifyRequest) => {
      if (request.hasAccess()) return;
      if (bearerOf(request) !== undefined) wrongTries.count(request.ip);
      throw new MarteauError('access-denied', {});
    });
  },
  { name: 'access', dependencies: ['@fastify/cookie'] },
);

function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** What the cookie holds: made from the token, which it does not give away, and void once the token changes. */
function derive(token: string): string {
  return createHmac('sha256', token).update('marteau browser 1').digest('base64url');
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
