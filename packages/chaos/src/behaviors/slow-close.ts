import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { milliseconds } from './options.ts';

/** A backend, or a client, that takes its time to hang up. */
export const slowClose = defineBehavior({
  name: 'slow_close',
  about: 'Delays the end of the connection.',
  options: Type.Object({ delay: milliseconds({ description: 'How long, in ms.', default: 1000 }) }),
  per: ['connection'],
  stream: ({ delay }, active) => ({
    detail: `closes ${delay} ms late`,
    chunk(chunk) {
      if (chunk.data === null) chunk.waits.push({ by: active, ms: delay });
      return true;
    },
  }),
});
