import { Type } from 'typebox';
import { defineBehavior, type StreamHook } from '../contracts.ts';
import { number } from './options.ts';

/** A connection that breaks off in the middle. */
export const limitData = defineBehavior({
  name: 'limit_data',
  about: 'Closes the connection once so many bytes have passed.',
  options: Type.Object({
    bytes: number({
      description: 'How many pass, in each direction that it works on.',
      default: 0,
      minimum: 0,
    }),
  }),
  per: ['connection'],
  stream({ bytes }, active) {
    const close = () => active.connection.close();
    const hook: StreamHook & { state: number } = {
      detail: `closes after ${bytes} bytes`,
      state: 0,
      chunk(chunk, link, next) {
        if (chunk.data === null) return true;
        const left = bytes - hook.state;
        if (chunk.data.length < left) {
          hook.state += chunk.data.length;
          return true;
        }
        hook.state = bytes;
        link.pass({ ...chunk, data: chunk.data.subarray(0, Math.max(0, left)), afterwards: close }, next);
        return false;
      },
    };
    return hook;
  },
});
