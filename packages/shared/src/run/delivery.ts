import { type Static, Type } from 'typebox';
import { Nullable } from '../nullable.ts';

/** What somebody outside is told about a run, and what became of it. */
export const Delivery = Type.Object({
  kind: Type.String({ description: 'the channel that it goes by', examples: ['mail'] }),
  to: Type.String({ description: 'an address of that channel' }),
  state: Type.Enum(['waiting', 'sent', 'refused']),
  tries: Type.Integer({ minimum: 0 }),
  detail: Type.String({
    description: 'what the other side answered, or why it waits or was refused',
  }),
  page: Nullable(
    Type.String({
      description: 'where it can be looked at: an address, or a path on this server',
      examples: ['/outbox/r1jd3v8k2m0pqrstuvw.1f2e3d4c5b6a7988marteau'],
    }),
  ),
});
export type Delivery = Static<typeof Delivery>;

/** Who is told, and by which channel. */
export type Recipient = Pick<Delivery, 'kind' | 'to'>;
