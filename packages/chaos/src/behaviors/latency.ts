import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { milliseconds } from './options.ts';

/** A long way to the backend. It delays and does not narrow: any number of bytes may be on their way. */
export const latency = defineBehavior({
  name: 'latency',
  about: 'Delays everything, in each direction that it works on.',
  options: Type.Object({
    latency: milliseconds({ description: 'How long, in ms.', default: 100 }),
    jitter: milliseconds({ description: 'At most so much longer or shorter, in ms.', default: 0 }),
  }),
  per: ['connection', 'request', 'chunk'],
  stream({ latency, jitter }, active, link) {
    let count = 0;
    return {
      detail: `${latency} ms${jitter > 0 ? ` ± ${jitter} ms` : ''} of latency`,
      chunk(chunk) {
        const off = jitter > 0 ? (2 * active.draw(link.number, ++count, 1) - 1) * jitter : 0;
        chunk.waits.push({ by: active, ms: Math.max(0, latency + off) });
        return true;
      },
    };
  },
});
