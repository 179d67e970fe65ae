import { Type } from 'typebox';
import { defineBehavior, dueOf } from '../contracts.ts';
import { bandwidth as rateOption } from './options.ts';

/** What arrives at once: 10 ms of the link. */
const SLICE_SECONDS = 0.01;

/** A narrow link. */
export const bandwidth = defineBehavior({
  name: 'bandwidth',
  about: 'Lets through so many bytes per second, in each direction that it works on.',
  options: Type.Object({
    rate: rateOption({ description: 'KB per second; 0 lets nothing through.', default: 1000 }),
  }),
  per: ['connection', 'request', 'chunk'],
  stream({ rate }, active) {
    const slice = rate > 0 ? Math.max(1, Math.round(rate * SLICE_SECONDS)) : Infinity;
    let free = 0; // when the link has sent all that it was given
    return {
      detail: `${rate / 1000} KB/s`,
      chunk(chunk, link, next) {
        const { data, afterwards, ...rest } = chunk;
        const wanted = dueOf(chunk);
        const due = wanted === Infinity ? chunk.since : wanted; // once it is let go, the link is as it would have been
        free = Math.max(free, due);
        for (let from = 0; data !== null && from < data.length; from += slice) {
          const part = data.subarray(from, from + slice);
          free += (part.length / rate) * 1000;
          const isLast = from + slice >= data.length;
          const waits = [...chunk.waits, { by: active, ms: free - due }];
          link.pass({ ...rest, data: part, waits, afterwards: isLast ? afterwards : undefined }, next);
        }
        link.slow(free - due);
        return data === null || data.length === 0;
      },
    };
  },
});
