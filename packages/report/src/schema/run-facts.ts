import { Nullable } from '@marteau/shared';
import { type Static, Type } from 'typebox';

/** What a report says about its run: nothing that only the server may know (no address of a person, no secret). */
export const RunFacts = Type.Object({
  id: Type.String(),
  /** How the run ended, beside its verdict: a cancelled run and one in error have no verdict. */
  ending: Type.Enum(['finished', 'cancelled', 'error']),
  reason: Nullable(Type.String({ description: 'why it was cancelled or ended in error' })),
  stopped: Type.Boolean({ description: 'ended early on purpose, and judged by what was recorded' }),
  project: Type.String({ description: 'normalised URL' }),
  repo: Type.String({ description: 'the URL as submitted' }),
  ref: Nullable(Type.String()),
  commit: Nullable(Type.String({ description: '40 hex digits' })),
  commitSubject: Nullable(Type.String()),
  commitAuthor: Nullable(Type.String()),
  name: Nullable(Type.String()),
  test: Nullable(Type.String()),
  target: Nullable(Type.String()),
  profile: Nullable(Type.String()),
  trigger: Type.String(),
  submitter: Type.String({ description: 'as shown: a name, or an address without its domain' }),
  nodes: Type.Integer(),
  attempt: Type.Integer(),
  engine: Type.Object({ name: Type.String(), version: Type.String() }),
  submittedAt: Type.String({ description: 'ISO 8601' }),
  startedAt: Nullable(Type.String()),
  endedAt: Nullable(Type.String()),
  /** Where the run's page is, if the server knows its own address. */
  url: Nullable(Type.String()),
});
export type RunFacts = Static<typeof RunFacts>;
