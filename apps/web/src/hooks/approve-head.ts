import type { Arrival, Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import { inAudit } from '../rights/actor.ts';
import { audit } from '../rights/audit.ts';

/** Lets the one head of a fork be run that a delivery is about. @throws MarteauError not-found, nothing-to-approve */
export async function approveHead(
  store: Store,
  request: FastifyRequest,
  { project, delivery }: { project: string; delivery: string },
): Promise<Arrival> {
  const by = inAudit(request.actor).name || 'somebody on this server';
  const approved = await store.arrivals.approve(project, delivery, by);
  const heads = approved.events.map(({ sha }) => sha).join(', ');
  await audit(store, request, 'fork.approve', `project ${project}`, { after: heads });
  return approved;
}
