import type { HookForge, Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import { audit } from '../rights/audit.ts';
import { demand } from '../rights/rights.ts';
import { forgeFor } from './forge-for.ts';

/**
 * Makes the hook of a project, or gives it another forge, for who may set it up; others are told which it has.
 * @param given null where nobody said which forge
 * @returns its secret where it is new; null where there is no hook @throws MarteauError not-allowed
 */
export async function connectHook(
  store: Store,
  request: FastifyRequest,
  project: { id: string; repo: string },
  given: HookForge | undefined,
): Promise<{ secret: string | null } | null> {
  const before = await store.hooks.of(project.id);
  const setUp = { need: 'owner', scope: 'control' } as const;
  if (given) demand(request.rights, project.id, setUp, `project ${project.id}`);
  else if (before !== null) return { secret: null };
  else if (!request.rights.may(project.id, setUp.need, setUp.scope)) return null;
  const forge = given ?? forgeFor(project.repo);
  const { secret } = await store.hooks.connect(project, forge);
  const told = ({ kind, api }: HookForge) => `${kind} ${api}`;
  const change = { ...(before && { before: told(before.forge) }), after: told(forge) };
  await audit(store, request, 'hook.set', `project ${project.id}`, change);
  return { secret };
}
