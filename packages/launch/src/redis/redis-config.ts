import { join } from 'node:path';

/** What one Redis of ours is started with. */
export interface RedisSettings {
  /** On 127.0.0.1; 0 where it listens on a socket alone. */
  readonly port: number;
  /** Absolute; a socket that its owner alone may use. */
  readonly socket?: string;
  readonly folder: string;
  readonly password?: string;
}

/** In the folder of a Redis: its process id, while it runs. */
export const PID_FILE = 'redis.pid';

/**
 * The whole configuration of Redis as the queue needs it: every write in the append-only file within a second, no
 * snapshots beside it, and never a key thrown away to make room. Goes in through stdin, so that the password shows in
 * no list of processes.
 */
export function redisConfig({ port, socket, folder, password }: RedisSettings): string {
  const lines = [
    'bind 127.0.0.1',
    'protected-mode yes',
    `port ${port}`,
    `dir ${quote(folder)}`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction',
    `pidfile ${quote(join(folder, PID_FILE))}`,
    'daemonize no',
    'logfile ""',
  ];
  if (socket) lines.push(`unixsocket ${quote(socket)}`, 'unixsocketperm 700');
  if (password) lines.push(`requirepass ${quote(password)}`);
  return `${lines.join('\n')}\n`;
}

/** Redis's own quoting: every byte that is not plain becomes \xHH. */
function quote(text: string): string {
  const bytes = Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /[\w./ -]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `"${bytes.join('')}"`;
}
