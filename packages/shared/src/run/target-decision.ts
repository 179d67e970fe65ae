import { type Static, Type } from 'typebox';
import { Nullable } from '../nullable.ts';

/** By what a target may be loaded, or may not. */
export type DecidedBy = 'operator' | 'setting' | 'app' | 'file' | 'txt' | 'nobody' | 'denied' | 'refused';

/** What was decided of one target of a run. */
export const TargetDecision = Type.Object({
  target: Type.String({ description: 'host:port, or "the app of this repository"' }),
  by: Type.String({
    description: 'who or what allowed it; `nobody` where nobody was asked',
    examples: ['operator', 'setting', 'app', 'file', 'txt', 'nobody'],
  }),
  why: Type.String({ description: 'a sentence' }),
  rate: Nullable(Type.Number({ description: 'requests per second that the target allows' })),
  users: Nullable(Type.Number()),
  nodes: Nullable(Type.Number()),
  unmarked: Type.Boolean({ description: 'requests need not say where they come from' }),
});
export type TargetDecision = Static<typeof TargetDecision>;
