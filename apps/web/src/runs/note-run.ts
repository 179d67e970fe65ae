import type { RunNotes, Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import { inAudit } from '../rights/actor.ts';
import { audit } from '../rights/audit.ts';
import { knownRun } from './known-run.ts';

/** Replaces tags and note of a run. @throws MarteauError not-found, bad-tag, disk-full */
export async function noteRun(
  store: Store,
  request: FastifyRequest,
  id: string,
  { tags, note }: { tags: string[]; note: string },
): Promise<RunNotes> {
  await knownRun(store, id);
  const notes = await store.notes.set(id, { tags, note, by: inAudit(request.actor).name });
  await audit(store, request, 'run.note', `run ${id}`, { after: notes.tags.join(', ') || 'no tags' });
  return notes;
}
