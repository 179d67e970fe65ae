import { randomBytes, timingSafeEqual } from 'node:crypto';
import { MarteauError } from '@marteau/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { WebConfig } from '../config.ts';
import { browserCookie, guardedCookie } from '../server/browser-cookie.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** The token that forms of this answer carry; sets the cookie that it is compared with. */
    csrfToken(): string;
  }
  interface FastifyInstance {
    /** A preHandler for routes that forms of our pages post to. */
    checkCsrf(request: FastifyRequest): Promise<void>;
  }
}

const SHAPE = /^[\w-]{43}$/;

/** A form of ours proves that it is ours: its token is the one in a cookie that other sites can neither read nor set. */
export const csrf = fp<{ config: WebConfig }>(
  async (app, { config }) => {
    const cookie = guardedCookie('marteau_csrf', config);
    app.decorateReply('csrfToken', function csrfToken(this: FastifyReply): string {
      const known = this.request.cookies[cookie];
      if (known && SHAPE.test(known)) return known;
      const token = randomBytes(32).toString('base64url');
      this.request.cookies[cookie] = token;
      this.setCookie(cookie, token, { ...browserCookie(config), httpOnly: true });
      return token;
    });

    app.decorate('checkCsrf', async (request: FastifyRequest) => {
      const sent = (request.body as { _csrf?: unknown } | undefined)?._csrf;
      const kept = request.cookies[cookie];
      if (typeof sent !== 'string' || !kept || !SHAPE.test(kept) || !equal(sent, kept)) {
        throw new MarteauError('stale-form', {});
      }
    });
  },
  { name: 'csrf', dependencies: ['@fastify/cookie'] },
);

function equal(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
