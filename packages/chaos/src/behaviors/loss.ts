import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { milliseconds, number } from './options.ts';

/** TCP gives up on a segment after about so many tries. */
const MOST_TRIES = 8;

/** Lost packets, as TCP shows them: nothing is missing, but everything waits until it was sent again. */
export const loss = defineBehavior({
  name: 'loss',
  about: 'Packets are lost: what was hit, and all behind it, waits until it was sent again.',
  options: Type.Object({
    rto: milliseconds({
      description: 'The wait before it is sent again, in ms; doubles each time.',
      default: 200,
    }),
    again: number({
      description: 'How likely (0 to 1) what is sent again is lost, too.',
      default: 0,
      minimum: 0,
      maximum: 1,
    }),
  }),
  per: ['chunk', 'request', 'connection'],
  stream({ rto, again }, active, link) {
    let count = 0;
    return {
      detail: `lost, and sent again after ${rto} ms`,
      chunk(chunk) {
        if (chunk.data === null) return true;
        count++;
        let ms = rto;
        for (
          let tries = 1;
          tries < MOST_TRIES && active.draw(link.number, count, 2 + tries) < again;
          tries++
        ) {
          ms += rto * 2 ** tries;
        }
        chunk.waits.push({ by: active, ms });
        return true;
      },
    };
  },
});
