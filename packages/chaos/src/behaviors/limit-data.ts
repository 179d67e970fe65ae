import { Type } from 'typebox';
import { defineBehavior, type StreamHook } from './behavior.ts';
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
  stream({ bytes }, worker) {
    const close = () => worker.connection.close();
    const hook: StreamHook & { state: number } = {
      detail: `closes after ${bytes} bytes`,
      state: 0,
      piece(piece, lane, next) {
        if (piece.data === null) return true;
        const left = bytes - hook.state;
        if (piece.data.length < left) {
          hook.state += piece.data.length;
          return true;
        }
        hook.state = bytes;
        lane.pass({ ...piece, data: piece.data.subarray(0, Math.max(0, left)), afterwards: close }, next);
        return false;
      },
    };
    return hook;
  },
});
