import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';

/** A backend that takes everything and says nothing. */
export const hang = defineBehavior({
  name: 'hang',
  about: 'Reads everything and never answers. When it is taken off, what was read goes on to the backend.',
  options: Type.Object({}),
  per: ['request', 'connection'],
  request: (_options, active) => (exchange) => {
    exchange.before.push({ by: active, ms: Infinity });
    return 'read the request and did not pass it on';
  },
});
