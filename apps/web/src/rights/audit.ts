import type { Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import { inAudit } from './actor.ts';

/**
 * Writes down what whoever asks has done. Values of secrets are in none of it.
 * @param what `run.submit`, `key.make`, … @param object of what: `run r…`
 */
export async function audit(
  store: Pick<Store, 'audit'>,
  request: FastifyRequest,
  what: string,
  object: string,
  change: { before?: string; after?: string } = {},
): Promise<void> {
  request.isAudited = true;
  await store.audit.add({
    ...inAudit(request.actor),
    address: request.ip,
    what,
    object,
    ...change,
    request: request.id,
  });
}
