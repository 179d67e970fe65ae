import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';

/** Whoever asks is cut off. */
export const blackout = defineBehavior({
  name: 'blackout',
  about: 'Closes the client’s connection at once when it asks.',
  options: Type.Object({}),
  per: ['request', 'connection'],
  request: () => (exchange) => {
    exchange.fate = { kind: 'close' };
    return 'closed the client’s connection';
  },
});
