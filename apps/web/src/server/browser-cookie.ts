import type { CookieSerializeOptions } from '@fastify/cookie';
import type { WebConfig } from '../config.ts';

/** How our cookies are kept: for this site alone, over https alone where the server is reached by https, a year. */
export function browserCookie(config: Pick<WebConfig, 'url'>): CookieSerializeOptions {
  return {
    path: '/',
    sameSite: 'lax',
    secure: config.url?.startsWith('https:') ?? false,
    maxAge: 365 * 24 * 3600,
  };
}
