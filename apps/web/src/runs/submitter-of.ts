import { createHash } from 'node:crypto';
import type { Submitter } from '@marteau/shared';
import type { FastifyRequest } from 'fastify';

/**
 * Who asks, as far as the server knows: the person, the browser that showed the access token, else how the request came. By it limits count, and
 * so it is nothing that can be typed.
 * @param way 'api' for programs
 */
export function submitterOf({ actor, session }: FastifyRequest, way: 'form' | 'api'): Submitter {
  if (actor.kind === 'person' || actor.kind === 'key') return { kind: 'person', id: actor.person.id };
  if (session?.state === 'open') {
    // The id itself would open the session.
    return { kind: 'session', id: createHash('sha256').update(session.id).digest('hex').slice(0, 16) };
  }
  return way === 'api' ? { kind: 'api', id: 'api' } : { kind: 'anonymous', id: 'visitor' };
}
