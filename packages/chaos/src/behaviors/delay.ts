import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { flag, seconds } from './options.ts';

/** A slow backend. */
export const delay = defineBehavior({
  name: 'delay',
  about: 'Waits before the backend is asked, or before its answer is passed on.',
  options: Type.Object({
    sleep: seconds({ description: 'How long, in seconds.', default: 1 }),
    before: flag({
      description: 'Before the backend is asked; else before its answer is passed on.',
      default: true,
    }),
  }),
  per: ['request', 'connection'],
  request:
    ({ sleep, before }, active) =>
    (exchange) => {
      (before ? exchange.before : exchange.after).push({ by: active, ms: sleep });
      return `waited ${sleep} ms ${before ? 'before the request' : 'before the answer'}`;
    },
});
