import { FailureGroup } from '@marteau/measure';
import { TickEvent } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import type { ChildJob } from '../child/job.ts';

/**
 * What the child process says on its descriptor 3, one JSON object a line, each with the token that it was given. The
 * schema is checked by the parent: the script runs in the child and may write there too.
 */

const ListedTest = Type.Object({
  name: Type.String(),
  fullName: Type.String(),
  skipped: Type.Boolean(),
  source: Type.Union([Type.String(), Type.Null()]),
});

const StepMessage = Type.Object({
  type: Type.Literal('step'),
  step: Type.Integer(),
  phase: Type.Enum(['begin', 'end']),
  /** ms since 1970. */
  at: Type.Number(),
});

const FailureMessage = Type.Object({ type: Type.Literal('failure'), group: FailureGroup });

/** A threshold of `stopIf` has become true, and this share ends its load; others have to be told. */
const StoppedMessage = Type.Object({
  type: Type.Literal('stopped'),
  threshold: Type.String(),
  metric: Type.String(),
  at: Type.Number(),
  sentence: Type.String(),
});

/** One exchange, where a trace was asked for. */
const ExchangeMessage = Type.Object({
  type: Type.Literal('exchange'),
  test: Type.String({ description: 'its full name; empty for an exchange of a hook' }),
  user: Type.Integer(),
  label: Type.String(),
  outcome: Type.String({ description: 'the status, or the error class' }),
  at: Type.Integer({ description: 'ms since the load began' }),
  ms: Type.Number(),
  text: Type.String({ maxLength: 4000, description: 'request and answer, secrets masked' }),
});

const NoteMessage = Type.Object({
  type: Type.Literal('note'),
  text: Type.String({ maxLength: 2000 }),
});

/** What whoever runs a share is told while it runs. */
export const ShareMessage = Type.Union([
  TickEvent,
  StepMessage,
  FailureMessage,
  StoppedMessage,
  ExchangeMessage,
  NoteMessage,
]);
export type ShareMessage = Static<typeof ShareMessage>;

export const ChildMessage = Type.Union([
  ...ShareMessage.anyOf,
  Type.Object({ type: Type.Literal('ready'), tests: Type.Array(ListedTest) }),
  Type.Object({
    type: Type.Literal('failed'),
    code: Type.String(),
    params: Type.Record(Type.String(), Type.Unknown()),
  }),
  Type.Object({ type: Type.Literal('done'), sha256: Type.String() }),
]);
export type ChildMessage = Static<typeof ChildMessage>;

/** What the parent says on the child's stdin, one JSON object a line. */
export type ParentMessage =
  | { readonly type: 'job'; readonly token: string; readonly job: ChildJob }
  /** @property at ms since 1970; null for at once */
  | { readonly type: 'start'; readonly at: number | null }
  | { readonly type: 'stop' };
