import { MarteauError, type Run } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import { acceptHead, canAccept, standingOf } from '../data/standing.ts';
import { inAudit } from '../rights/actor.ts';
import { audit } from '../rights/audit.ts';
import { knownRun } from './known-run.ts';

/** Takes the head of a pull request as it is, and writes down who did. @throws MarteauError not-found, not-acceptable */
export async function acceptRun(
  store: Store,
  request: FastifyRequest<{ Params: { id: string } }>,
): Promise<Run> {
  const run = await knownRun(store, request.params.id);
  const standing = await standingOf(store, run);
  // A button that is pressed twice has done what it was to do.
  if (standing.acceptedBy !== null) return run;
  if (!canAccept(run, standing)) throw new MarteauError('not-acceptable', {});
  await acceptHead(store, run, inAudit(request.actor).name || 'somebody on this server');
  await audit(store, request, 'run.accept', `run ${run.id}`, { after: run.cause!.sha });
  return run;
}
