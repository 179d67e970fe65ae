import { createHash, randomUUID } from 'node:crypto';
import { ForgeEvent, ForgeKind } from '@marteau/forge';
import { type Static, Type } from 'typebox';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** One call of a hook, as read, and what became of it. Addresses and pages call it a delivery, as forges do. */
export const Arrival = Type.Object({
  id: Type.String(),
  project: Type.String({ description: 'id' }),
  at: Type.String({ description: 'ISO 8601' }),
  forge: ForgeKind,
  delivery: Nullable(Type.String({ description: 'the forge’s own id of it' })),
  headers: Type.Record(Type.String(), Type.String(), { description: 'without secrets' }),
  events: Type.Array(ForgeEvent),
  answer: Type.Integer({ description: 'the HTTP status that the forge was given' }),
  state: Type.Enum(['waiting', 'done', 'ignored', 'failed', 'asked'], {
    description: 'asked: a person has to approve it',
  }),
  why: Nullable(Type.String({ description: 'why nothing was done, or why it waits; a sentence' })),
  runs: Type.Array(Type.String(), { description: 'ids of the runs that it started' }),
  tries: Type.Integer({ minimum: 0 }),
  replayOf: Type.Optional(Type.String()),
  approvedBy: Type.Optional(
    Type.String({ description: 'who lets the head of a fork be run: a name, for people' }),
  ),
});
export type Arrival = Static<typeof Arrival>;

/** The same for the same call of the same hook. @param key the forge's id of it, or all of its body */
export function arrivalId(project: string, key: string): string {
  const number = createHash('sha256').update(`arrival ${project} ${key}`).digest('hex');
  return `h${number.slice(0, 24)}`;
}

export function freshArrivalId(): string {
  return `h${randomUUID().replaceAll('-', '').slice(0, 24)}`;
}
