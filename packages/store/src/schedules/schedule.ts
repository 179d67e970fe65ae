import { type Static, Type } from 'typebox';

/** When runs of a project start by themselves, as the newest file of its default branch that was read says. */
export const Schedules = Type.Object({
  v: Type.Literal(1),
  project: Type.String({ description: 'the id of its project, and of this record' }),
  /** Entries of `when.schedule`; what they mean the reader of the file knows. */
  entries: Type.Array(Type.Record(Type.String(), Type.Unknown()), { maxItems: 500 }),
  commit: Type.String({ description: 'where the file was read' }),
  /** By the number of an entry: the commit of its last run. */
  lastCommits: Type.Record(Type.String(), Type.String()),
});
export type Schedules = Static<typeof Schedules>;

export const SCHEDULES_FORMAT = { schema: Schedules, version: 1, upgrades: {} } as const;
