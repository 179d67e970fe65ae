import { Type } from 'typebox';
import { defineBehavior } from './behavior.ts';
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
  stream({ bytes }, worker, lane) {
    let count = 0;
    return {
      detail: `changed ${bytes} byte${bytes === 1 ? '' : 's'}`,
      piece(piece) {
        if (piece.data === null || piece.data.length === 0) return true;
        const changed = Buffer.from(piece.data);
        for (let i = 0; i < bytes; i++) {
          const at = Math.floor(worker.draw(lane.number, ++count, 1) * changed.length);
          changed[at] = changed[at]! ^ (1 + Math.floor(worker.draw(lane.number, count, 2) * 255));
        }
        piece.data = changed;
        return true;
      },
    };
  },
});
