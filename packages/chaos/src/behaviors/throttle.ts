import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { number } from './options.ts';

/** A backend that only does so much. */
export const throttle = defineBehavior({
  name: 'throttle',
  about: 'Passes so many requests of each connection per second; the others wait for their turn.',
  options: Type.Object({
    rate: number({ description: 'Requests per second and connection.', default: 10, minimum: 0.001 }),
  }),
  per: ['request', 'connection'],
  request({ rate }, active) {
    let free = 0;
    return (exchange) => {
      const now = performance.now();
      const turn = Math.max(now, free);
      free = turn + 1000 / rate;
      if (turn <= now) return null;
      exchange.before.push({ by: active, ms: turn - now });
      return `waited ${Math.round(turn - now)} ms for its turn`;
    };
  },
});
