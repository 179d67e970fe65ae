import type { CookieSerializeOptions } from '@fastify/cookie';
import { LONGEST_SESSION_S } from '@marteau/store';
import type { WebConfig } from '../config.ts';

type Config = Pick<WebConfig, 'url'>;

/** How our cookies are kept: for this site alone, over https alone where the server is reached by https. */
export function browserCookie(config: Config): CookieSerializeOptions {
  return { path: '/', sameSite: 'lax', secure: isSecure(config), maxAge: LONGEST_SESSION_S };
}

/** A cookie on which something hangs: by its prefix a browser takes it from this host alone, and over https. */
export function guardedCookie(name: string, config: Config): string {
  return isSecure(config) ? `__Host-${name}` : name;
}

function isSecure({ url }: Config): boolean {
  return url?.startsWith('https:') ?? false;
}
