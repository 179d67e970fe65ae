import { EngineMessage } from '@marteau/measure';
import type { LoadChange } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import type { ChildJob } from '../child/job.ts';

/**
 * What the child process says on its descriptor 3, one JSON object a line, each with the token that it was given. The
 * schema is checked by the parent: the script runs in the child and may write there too.
 */

const MOST_TESTS = 10_000;

const ListedTest = Type.Object({
  name: Type.String(),
  fullName: Type.String(),
  skipped: Type.Boolean(),
  source: Type.Union([Type.String(), Type.Null()]),
});

export const ChildMessage = Type.Union([
  ...EngineMessage.anyOf,
  Type.Object({
    type: Type.Literal('ready'),
    tests: Type.Array(ListedTest, { maxItems: MOST_TESTS }),
    shared: Type.Union([Type.String(), Type.Null()]),
  }),
  Type.Object({
    type: Type.Literal('failed'),
    code: Type.String(),
    params: Type.Record(Type.String(), Type.Unknown(), { maxProperties: 20 }),
  }),
  Type.Object({ type: Type.Literal('done'), sha256: Type.String() }),
]);
export type ChildMessage = Static<typeof ChildMessage>;

/** What the parent says on the same descriptor, one JSON object a line: stdin is the script's, and empty. */
export type ParentMessage =
  | { readonly type: 'job'; readonly token: string; readonly job: ChildJob }
  /** @property at ms since 1970; null for at once */
  | { readonly type: 'start'; readonly at: number | null }
  | { readonly type: 'change'; readonly number: number; readonly change: LoadChange }
  | { readonly type: 'stop' };
