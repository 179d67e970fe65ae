import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Role } from '../people/person.ts';

/** A repository of which there are runs, or shall be. */
export const Project = Type.Object({
  v: Type.Literal(1),
  id: Type.String({ pattern: '^p[0-9a-z]{12}$' }),
  repo: Type.String({ description: 'normalised URL' }),
  createdAt: Type.String({ description: 'ISO 8601' }),
  /** To whom it was given by hand. */
  members: Type.Optional(
    Type.Array(Type.Object({ id: Type.String({ description: 'of a person or a team' }), role: Role })),
  ),
});
export type Project = Static<typeof Project>;

export const PROJECT_FORMAT = { schema: Project, version: 1, upgrades: {} } as const;

/**
 * The id of a repository's project: made of its address, so that it is the same wherever and however often it is
 * made. It is no secret, and opens nothing. @param repo normalised URL
 */
export function projectId(repo: string): string {
  const number = createHash('sha256').update(`project ${repo}`).digest().readBigUInt64BE();
  return `p${number.toString(36).padStart(12, '0').slice(-12)}`;
}
