import { MarteauError } from '@marteau/shared';
import type { Block, Store } from '@marteau/store';
import type { FastifyRequest } from 'fastify';
import { audit } from '../rights/audit.ts';

const ID_PATTERN = /^b[0-9a-f]{24}$/;

/** Lets a project go to a target again before its time. @throws 'not-found' */
export async function liftBlock(store: Store, request: FastifyRequest, id: string): Promise<Block> {
  const block = ID_PATTERN.test(id) ? await store.blocks.lift(id) : null;
  if (!block) throw new MarteauError('not-found', { what: `block ${id.slice(0, 40)}` });
  const { host, project, until } = block;
  await audit(store, request, 'target.lift', `project ${project}`, { before: `${host} until ${until}` });
  return block;
}
