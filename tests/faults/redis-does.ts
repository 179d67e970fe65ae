import { connect } from 'node:net';
import type { TestRedis } from '@marteau/testkit';
import { waitUntil } from '@marteau/testkit';

/** Looks at what Redis does, until it is disposed of. */
interface Watching extends AsyncDisposable {
  /** Resolves once Redis does what was waited for. */
  seen: Promise<unknown>;
}

/** Resolves once Redis is watched. @param what the command with its arguments, as MONITOR shows it */
export async function redisDoes(redis: TestRedis, what: RegExp): Promise<Watching> {
  const socket = connect(redis.port, '127.0.0.1');
  let said = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    said += chunk;
  });
  socket.write('MONITOR\r\n');
  await waitUntil('Redis to be watched', () => said.startsWith('+OK'));
  return {
    seen: waitUntil(`Redis to do ${what}`, () => what.test(said), { everyMs: 1 }),
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}
