import { randomUUID } from 'node:crypto';
import { MarteauError } from '@marteau/shared';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { WebConfig } from '../config.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Headers of what a route asks another one inside this process, once it was looked at itself. */
    readonly fromInside: Readonly<Record<string, string>>;
  }
  interface FastifyContextConfig {
    /** Answers to any Host: for probes that call by address. Never for a route that tells or changes anything. */
    anyHost?: boolean;
  }
}

const INSIDE = 'x-marteau-inside';
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a foreign page makes a browser send. An unknown Host (DNS rebinding) is refused for every method, also
 * on loopback; a foreign Origin or Sec-Fetch-Site for every method that may change something. Programs send neither.
 */
export const knownOrigin = fp<{ config: WebConfig }>(async (app, { config }) => {
  const publicHost = config.url === null ? null : new URL(config.url).host;
  const isAsked = config.accessToken !== null || config.admins.length > 0;
  const mark = randomUUID();
  app.decorate('fromInside', { [INSIDE]: mark });

  app.addHook('onRequest', async (request) => {
    if (request.headers[INSIDE] === mark) return;
    const host = request.headers.host?.toLowerCase() ?? '';
    const { anyHost, access } = request.routeOptions.config;
    // Where nobody is asked who they are, only what anybody may know is told by any name.
    const byAnyName = anyHost === true && (access === 'anonymous' || isAsked);
    if (!byAnyName && host !== publicHost && !isOurLoopback(host, request)) {
      throw new MarteauError('unknown-host', { host });
    }
    if (safeMethods.has(request.method)) return;
    const origin = request.headers.origin;
    if (origin !== undefined && hostOf(origin) !== host) throw new MarteauError('foreign-origin', { origin });
    if (isFromForeignPage(request)) {
      throw new MarteauError('foreign-origin', {
        origin: origin ?? String(request.headers['sec-fetch-site']),
      });
    }
  });
});

/** Whether a browser says that another site made it ask, by a link too. */
export function isFromForeignPage({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** A name of this machine with the port on which the request came in: no foreign site can have that Host. */
function isOurLoopback(host: string, request: FastifyRequest): boolean {
  const port = request.socket.localPort;
  const names = ['localhost', '127.0.0.1', '[::1]'];
  return names.some((name) => host === `${name}:${port}` || (port === 80 && host === name));
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
