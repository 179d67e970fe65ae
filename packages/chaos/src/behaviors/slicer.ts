import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { number } from './options.ts';

/** Data that comes in bits and pieces. */
export const slicer = defineBehavior({
  name: 'slicer',
  about: 'Cuts the data into small pieces, with a pause before each but the first.',
  options: Type.Object({
    average_size: number({ description: 'Bytes of a piece, on average.', default: 64, minimum: 1 }),
    size_variation: number({
      description: 'Bytes that a piece may be larger or smaller.',
      default: 0,
      minimum: 0,
    }),
    delay: number({ description: 'Microseconds before each piece but the first.', default: 0, minimum: 0 }),
  }),
  per: ['connection', 'request', 'chunk'],
  stream({ average_size, size_variation, delay }, active, link) {
    let count = 0;
    const size = () => {
      const off = size_variation > 0 ? (2 * active.draw(link.number, ++count, 1) - 1) * size_variation : 0;
      return Math.max(1, Math.round(average_size + off));
    };
    return {
      detail: `pieces of ${average_size} bytes`,
      chunk(chunk, _link, next) {
        const { data, waits, afterwards, ...rest } = chunk;
        if (data === null) return true;
        let ms = 0;
        for (let from = 0, to = 0; from < data.length; from = to, ms += delay / 1000) {
          to = Math.min(data.length, from + size());
          link.pass(
            {
              ...rest,
              data: data.subarray(from, to),
              waits: ms > 0 ? [...waits, { by: active, ms }] : [...waits],
              afterwards: to === data.length ? afterwards : undefined,
            },
            next,
          );
        }
        link.slow(ms);
        return false;
      },
    };
  },
});
