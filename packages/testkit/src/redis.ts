import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type RedisServer, startRedisServer } from '@marteau/launch';
import { descendantsOf } from './process-tree.ts';
import { createTempFolder } from './temp-folder.ts';
import { waitUntil } from './wait-until.ts';

/** A Redis of the test's own, which the test may maltreat. */
export type TestRedis = AsyncDisposable & {
  /** It stays the same over every restart, and so do the data. */
  url: string;
  port: number;
  /**
   * SIGKILL, once all that it has acknowledged so far is in its append-only file: while the disk is slow, Redis
   * acknowledges before it writes (`appendfsync everysec`), and a test cannot know what was lost with it.
   */
  kill(): Promise<void>;
  /** Ends it in good order, if it runs, and starts it again; `empty` without any of its data. */
  restart(options?: { empty?: boolean }): Promise<void>;
  /** Freezes it: connections stay open and nothing is answered, until `resume`. */
  pause(): void;
  resume(): void;
};

interface RedisOptions {
  password?: string;
  /** A folder with the append-only file that it begins with; none. */
  from?: string;
}

/** Starts the product's own Redis, with its configuration, on a free port and in a folder of its own. */
export async function startRedis({ password, from }: RedisOptions = {}): Promise<TestRedis> {
  const folder = await createTempFolder();
  if (from !== undefined) await cp(from, folder.path, { recursive: true });
  const start = (port: number) =>
    startRedisServer({ folder: folder.path, port, password, path: process.env.PATH });
  let server = await start(0);

  const redis: TestRedis = {
    url: server.url,
    port: server.port,
    async kill() {
      await waitUntil('Redis to have written all', async () =>
        /\baof_buffer_length:0\b/.test(await answerOf(redis, 'INFO persistence')),
      );
      process.kill(programOf(server), 'SIGKILL');
      await server.exited;
    },
    async restart({ empty = false } = {}) {
      redis.resume();
      await server.stop();
      if (empty) await rm(join(folder.path, 'appendonlydir'), { recursive: true, force: true });
      server = await start(redis.port);
    },
    pause: () => void process.kill(programOf(server), 'SIGSTOP'),
    resume() {
      const pid = findProgram(server);
      if (pid) process.kill(pid, 'SIGCONT');
    },
    async [Symbol.asyncDispose]() {
      redis.resume();
      await server.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
  return redis;
}

/** All that Redis answers to one command. */
export async function answerOf({ port }: TestRedis, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${command}\r\n`);
  return text(socket);
}

function programOf(server: RedisServer): number {
  const pid = findProgram(server);
  if (!pid) throw new Error(`The Redis on port ${server.port} does not run.`);
  return pid;
}

/** Redis itself: where there is a sandbox around it, which is where there is a /proc, the server's pid is the sandbox's. */
function findProgram(server: RedisServer): number | undefined {
  if (!existsSync('/proc')) return server.pid;
  return descendantsOf(process.pid).find(({ command }) => isRedisOn(command, server.port))?.pid;
}

/** Redis names itself so once it runs: `redis-server 127.0.0.1:6379`. */
function isRedisOn(command: string, port: number): boolean {
  return new RegExp(`^\\S*(redis|valkey)-server \\S*:${port}\\b`).test(command);
}
