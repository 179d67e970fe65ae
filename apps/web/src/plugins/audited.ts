import type { Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { audit } from '../rights/audit.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The route itself has written down what was done. */
    isAudited: boolean;
  }
}

/** What changes nothing. */
const LOOKS = new Set(['/new', '/api/v1/look']);

/**
 * Writes down each change that somebody made and each that they were not let make, unless its route has said more about
 * it. On a server for one, where nobody is asked who they are, there is nothing to tell.
 */
export const audited = fp<{ store: Store }>(
  async (app, { store }) => {
    app.decorateRequest('isAudited', false);
    app.addHook('onResponse', async (request, reply) => {
      const { method, isAudited, actor } = request;
      if (isAudited || actor === undefined || actor.kind === 'everyone') return;
      if (reply.statusCode === 403 && actor.kind !== 'nobody') return write(request, 'refused', request.url);
      const { url = '', config } = request.routeOptions;
      const isSafe = method === 'GET' || method === 'HEAD' || config.access === 'open' || LOOKS.has(url);
      if (!isSafe && reply.statusCode < 400) await write(request, actionOf(request), objectOf(request));
    });

    async function write(request: FastifyRequest, what: string, object: string): Promise<void> {
      try {
        await audit(store, request, what, object.slice(0, 300));
      } catch (error) {
        request.log.error({ err: error, what, object }, 'could not write into the audit log');
      }
    }
  },
  { name: 'audited', dependencies: ['actor'] },
);

/** '/api/v1/runs/:id/cancel' → 'run.cancel' */
function actionOf({ method, routeOptions: { url = '' } }: FastifyRequest): string {
  const [kind = '', ...rest] = url
    .replace('/api/v1', '')
    .split('/')
    .filter((part) => part !== '' && !part.startsWith(':'));
  const action = rest.join('.') || (method === 'DELETE' ? 'delete' : 'make');
  return `${kind.replace(/s$/, '')}.${method === 'DELETE' && rest.length > 0 ? `${action}.end` : action}`;
}

/** 'run r…', 'node n1' */
function objectOf({ params, routeOptions: { url = '' } }: FastifyRequest): string {
  const { id, name } = params as { id?: string; name?: string };
  const [kind = ''] = url.replace('/api/v1', '').split('/').filter(Boolean);
  return [kind.replace(/s$/, ''), id ?? name].filter(Boolean).join(' ');
}
