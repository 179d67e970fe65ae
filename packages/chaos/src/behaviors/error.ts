import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { fail, failFields } from './fail.ts';
import { number } from './options.ts';

/** A backend that answers with errors. */
export const error = defineBehavior({
  name: 'error',
  about: 'Answers with an error of the protocol (HTTP 500 to 503, -ERR, SERVER_ERROR), or with garbage.',
  options: Type.Object({
    ...failFields,
    warmup: number({
      description: 'So many requests of each connection pass first.',
      default: 0,
      minimum: 0,
    }),
  }),
  per: ['request', 'connection'],
  request:
    ({ warmup, ...options }, active) =>
    (exchange) =>
      exchange.number <= warmup ? null : fail(exchange, options, active),
});
