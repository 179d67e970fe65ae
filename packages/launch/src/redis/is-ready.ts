import { connect } from 'node:net';
import type { RedisSettings } from './redis-config.ts';

const ANSWER_WITHIN_MS = 1000;

/**
 * Whether the Redis on this port or socket answers PING and is ours, which its folder tells (another program may have been
 * quicker to take the port). One that is still loading its data answers neither.
 */
export function isReady({ port, socket: path, folder, password }: RedisSettings): Promise<boolean> {
  const question = [...(password ? [['AUTH', password]] : []), ['PING'], ['CONFIG', 'GET', 'dir']];
  const expected = `${password ? '+OK\r\n' : ''}+PONG\r\n${encode(['dir', folder])}`;
  return new Promise((resolve) => {
    const socket = path === undefined ? connect({ port, host: '127.0.0.1' }) : connect({ path });
    const chunks: Buffer[] = [];
    const decide = (): void => {
      const answer = Buffer.concat(chunks);
      if (answer.length < Buffer.byteLength(expected) && !socket.closed) return;
      resolve(answer.toString() === expected);
      socket.destroy();
    };
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      decide();
    });
    socket.on('close', decide);
    socket.write(question.map(encode).join(''));
  });
}

/** An array of strings in Redis's protocol: both a command and an answer. */
function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
