import { createHash } from 'node:crypto';
import type { Submitter } from '@marteau/shared';
import type { FastifyRequest } from 'fastify';

/** As `by` of a request. */
const LONGEST_NAME = 60;

/** The name of the person who asks, which nobody types; null where there are no accounts. Never an address. */
export function nameOf({ actor }: FastifyRequest): string | null {
  if (actor.kind !== 'person' && actor.kind !== 'key') return null;
  return actor.person.name.split('@')[0]!.slice(0, LONGEST_NAME) || null;
}

/**
 * Who asks, as far as the server knows: the person, the browser that showed the access token, else how the request
 * came. By it limits count, and so it is nothing that can be typed.
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
