import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';

/** A backend that dies over a request. */
export const abort = defineBehavior({
  name: 'abort',
  about: 'Passes the request on and closes the backend’s side before the answer.',
  options: Type.Object({}),
  per: ['request', 'connection'],
  request: () => (exchange) => {
    exchange.fate = { kind: 'abort' };
    return 'closed after the request, before the answer';
  },
});
