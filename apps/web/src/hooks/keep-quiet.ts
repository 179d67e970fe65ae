import { parseQuiet } from '@marteau/file';
import { MarteauError } from '@marteau/shared';
import type { Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import { audit } from '../rights/audit.ts';

/** Keeps when nothing of a project starts by itself. @throws MarteauError bad-request with what would be right */
export async function keepQuiet(
  store: Store,
  request: FastifyRequest,
  project: string,
  text: string,
): Promise<void> {
  try {
    parseQuiet(text);
  } catch (error) {
    throw new MarteauError('bad-request', { detail: (error as Error).message });
  }
  await store.hooks.keepQuiet(project, text.trim());
  await audit(store, request, 'hook.quiet', `project ${project}`, { after: text.trim() });
}
