import { Type } from 'typebox';
import { defineBehavior } from '../contracts.ts';
import { milliseconds } from './options.ts';

/** A link that swallows everything. */
export const timeout = defineBehavior({
  name: 'timeout',
  about: 'Drops all data, and closes after a time; 0 never does. Taking it off closes what it has robbed.',
  options: Type.Object({
    timeout: milliseconds({ description: 'Closes after so many ms; 0 never.', default: 0 }),
  }),
  per: ['connection'],
  stream({ timeout }, active) {
    const { connection } = active;
    if (!active.hitsAll()) return { detail: '', chunk: () => true };
    const detail = timeout > 0 ? `no data, closes after ${timeout} ms` : 'no data';
    active.tell(null, detail);
    const timer = timeout > 0 ? setTimeout(() => connection.close(), timeout) : undefined;
    return {
      detail,
      chunk: (chunk) => chunk.data === null,
      changed: () => clearTimeout(timer),
      // Bytes are missing, and a stream with a hole in it is of no use to anybody.
      removed() {
        clearTimeout(timer);
        connection.close();
      },
    };
  },
});
