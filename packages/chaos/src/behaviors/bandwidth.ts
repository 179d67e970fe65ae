import { Type } from 'typebox';
import { dueOf } from '../proxy/piece.ts';
import { defineBehavior } from './behavior.ts';
import { bandwidth as rateOption } from './options.ts';

/** What arrives at once: 10 ms of the link. */
const sliceSeconds = 0.01;

/** A narrow link. */
export const bandwidth = defineBehavior({
  name: 'bandwidth',
  about: 'Lets through so many bytes per second, in each direction that it works on.',
  options: Type.Object({
    rate: rateOption({ description: 'KB per second; 0 lets nothing through.', default: 1000 }),
  }),
  per: ['connection', 'request', 'chunk'],
  stream({ rate }, worker) {
    const slice = rate > 0 ? Math.max(1, Math.round(rate * sliceSeconds)) : Infinity;
    let free = 0; // when the link has sent all that it was given
    return {
      detail: `${rate / 1000} KB/s`,
      piece(piece, lane, next) {
        const { data, afterwards, ...rest } = piece;
        const held = dueOf(piece);
        const due = held === Infinity ? piece.since : held; // once it is let go, the link is as it would have been
        free = Math.max(free, due);
        for (let from = 0; data !== null && from < data.length; from += slice) {
          const part = data.subarray(from, from + slice);
          free += (part.length / rate) * 1000;
          const isLast = from + slice >= data.length;
          const holds = [...piece.holds, { by: worker, ms: free - due }];
          lane.pass({ ...rest, data: part, holds, afterwards: isLast ? afterwards : undefined }, next);
        }
        lane.slow(free - due);
        return data === null || data.length === 0;
      },
    };
  },
});
