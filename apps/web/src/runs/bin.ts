import { MarteauError } from '@marteau/shared';
import { type BinEntry, projectId, type Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import { inAudit } from '../rights/actor.ts';
import { audit } from '../rights/audit.ts';

/** Deletes a run or a project, so that it can be had back. @throws as Bin.takeRun, Bin.takeProject */
export async function putIntoBin(
  store: Store,
  request: FastifyRequest,
  kind: BinEntry['kind'],
  id: string,
): Promise<void> {
  const by = inAudit(request.actor);
  await (kind === 'run' ? store.bin.takeRun(id, by) : store.bin.takeProject(id, by));
  await audit(store, request, `${kind}.delete`, `${kind} ${id}`, { after: 'in the bin' });
}

/** Undoes that. @throws MarteauError not-found, also for what is no business of who asks */
export async function putBack(store: Store, request: FastifyRequest, id: string): Promise<BinEntry> {
  const { kind } = await mine(store, request, id);
  const entry = await store.bin.undo(id);
  await audit(store, request, `${kind}.undelete`, `${kind} ${id}`, { before: 'in the bin' });
  return entry;
}

/** Deletes it for good. @throws as putBack */
export async function erase(store: Store, request: FastifyRequest, id: string): Promise<void> {
  const { kind, name } = await mine(store, request, id);
  await store.bin.erase(id);
  await audit(store, request, `${kind}.erase`, `${kind} ${id}`, { before: name });
}

/** What is in the bin of all that who asks may delete, the latest first. */
export async function binOf(
  store: Store,
  request: FastifyRequest,
): Promise<{ entries: BinEntry[]; wrong: string[] }> {
  const { entries, wrong } = await store.bin.list();
  return {
    entries: entries.filter((entry) => mayUndo(request, entry)),
    wrong: request.rights.isAdmin ? wrong : [],
  };
}

async function mine(store: Store, request: FastifyRequest, id: string): Promise<BinEntry> {
  const entry = await store.bin.get(id);
  if (entry !== null && mayUndo(request, entry)) return entry;
  throw new MarteauError('not-found', { what: `${id.slice(0, 40)} in the bin` });
}

/** A project that was deleted is given to nobody any more: whose it was, and who deleted it, may have it back. */
function mayUndo({ actor, rights }: FastifyRequest, { project, by, record }: BinEntry): boolean {
  if (rights.isAdmin || rights.may(projectId(project), 'owner', 'control')) return true;
  if (actor.kind !== 'person') return false;
  const isOwner = record?.members?.some(({ id, role }) => id === actor.person.id && role === 'owner');
  return isOwner === true || (record !== undefined && by.who === inAudit(actor).who);
}
