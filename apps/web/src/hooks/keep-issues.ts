import { forgeOf } from '@marteau/forge';
import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import { audit } from '../rights/audit.ts';

/** Has the forge of a project get an issue when a trend becomes worse, or no longer. @throws MarteauError bad-request, not-found */
export async function keepIssues(
  store: Store,
  request: FastifyRequest,
  project: string,
  issues: boolean,
): Promise<void> {
  const hook = await store.hooks.of(project);
  const { name, issues: api } = forgeOf(hook?.forge.kind ?? 'generic');
  if (issues && hook !== null && api === null) {
    throw new MarteauError('bad-request', { detail: `${name} has no issues that are kept so.` });
  }
  await store.hooks.keepIssues(project, issues);
  await audit(store, request, 'hook.issues', `project ${project}`, { after: issues ? 'yes' : 'no' });
}
