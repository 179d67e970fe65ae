import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { fail, failFields } from './fail.ts';
import { number } from './options.ts';

/** Trouble that goes away when one tries again. */
export const transient = defineBehavior({
  name: 'transient',
  about: 'The first requests of each connection fail, then all is well.',
  options: Type.Object({
    ...failFields,
    agitate: number({ description: 'How many requests of each connection fail.', default: 1, minimum: 0 }),
  }),
  per: ['request', 'connection'],
  request:
    ({ agitate, ...options }, active) =>
    (exchange) =>
      exchange.number <= agitate ? fail(exchange, options, active) : null,
});
