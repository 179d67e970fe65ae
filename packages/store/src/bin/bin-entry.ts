import { type Static, Type } from 'typebox';
import { Project } from '../projects/project.ts';

/** What was deleted and can be had back: a run, or a project with all its runs. */
export const BinEntry = Type.Object({
  v: Type.Literal(1),
  id: Type.String({ pattern: '^[rp][0-9a-z]{12,18}$', description: 'of the run or the project' }),
  kind: Type.Enum(['run', 'project']),
  project: Type.String({ description: 'normalised URL' }),
  name: Type.String({ description: 'how people know it' }),
  at: Type.String({ description: 'ISO 8601, when it was deleted' }),
  by: Type.Object({ who: Type.String(), name: Type.String() }, { description: 'as the audit log has it' }),
  runs: Type.Optional(Type.Array(Type.String(), { description: 'of a project: those that went with it' })),
  record: Type.Optional(Project),
});
export type BinEntry = Static<typeof BinEntry>;

export const BIN_FORMAT = { schema: BinEntry, version: 1, upgrades: {} } as const;
