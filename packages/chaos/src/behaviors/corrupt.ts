import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { number } from './options.ts';

/** Bits that flipped on the way and were not noticed. */
export const corrupt = defineBehavior({
  name: 'corrupt',
  about: 'Changes bytes of what passes; their number stays.',
  options: Type.Object({
    bytes: number({
      description: 'How many bytes of a chunk are changed.',
      default: 1,
      minimum: 1,
      maximum: 65536,
    }),
  }),
  per: ['chunk', 'request', 'connection'],
  stream({ bytes }, active, link) {
    let count = 0;
    return {
      detail: `changed ${bytes} byte${bytes === 1 ? '' : 's'}`,
      chunk(chunk) {
        if (chunk.data === null || chunk.data.length === 0) return true;
        const changed = Buffer.from(chunk.data);
        for (let i = 0; i < bytes; i++) {
          const at = Math.floor(active.draw(link.number, ++count, 1) * changed.length);
          changed[at] = changed[at]! ^ (1 + Math.floor(active.draw(link.number, count, 2) * 255));
        }
        chunk.data = changed;
        return true;
      },
    };
  },
});
