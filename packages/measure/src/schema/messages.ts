import { Stage, TickEvent } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import { most } from './limits.ts';
import { FailureGroup, LabelKind, StoppedBy } from './measurements.ts';

/** Of a second; what else there is stands in the report. */
export const MOST_LIVE_LABELS = 200;

/** A stage of the load begins or ends: its recorded window, or that of its warm-up. */
const StageMessage = Type.Object({
  type: Type.Literal('stage'),
  stage: Stage,
  phase: Type.Enum(['begin', 'end']),
  at: Type.Number({ description: 'ms since 1970' }),
});

const FailureMessage = Type.Object({ type: Type.Literal('failure'), group: FailureGroup });

/** A threshold of `stopIf` has become true, and this share ends its load; others have to be told. */
const StoppedMessage = Type.Object({ type: Type.Literal('stopped'), ...StoppedBy.properties });

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

const Count = Type.Integer({ minimum: 0 });

/** What each label did in one second, where somebody wants to know while the load runs. */
const LabelsMessage = Type.Object({
  type: Type.Literal('labels'),
  second: Type.Integer({ description: 'since the run’s start' }),
  labels: Type.Array(
    Type.Object({
      stage: Type.Integer({ description: 'of the plan' }),
      kind: LabelKind,
      name: Type.String({ maxLength: most.text }),
      errors: Count,
      bytesIn: Type.Number(),
      sum: Type.Number({ description: 'of the times of what finished, µs' }),
      /** Of what finished, two digits. */
      histogram: Type.String({ maxLength: 32_768 }),
    }),
    { maxItems: MOST_LIVE_LABELS },
  ),
});
export type LabelsMessage = Static<typeof LabelsMessage>;

const NoteMessage = Type.Object({
  type: Type.Literal('note'),
  text: Type.String({ maxLength: 2000 }),
});

/** What an engine tells while it generates a share of the load, whichever it is. */
export const EngineMessage = Type.Union([
  TickEvent,
  StageMessage,
  FailureMessage,
  StoppedMessage,
  ExchangeMessage,
  NoteMessage,
  LabelsMessage,
]);
export type EngineMessage = Static<typeof EngineMessage>;
