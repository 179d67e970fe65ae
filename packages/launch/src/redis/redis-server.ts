import { mkdir, realpath } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimPort } from '@marteau/net';
import { MarteauError } from '@marteau/shared';
import type { Exit } from '../exit.ts';
import { DEFAULT_PATH, findProgram } from '../find-program.ts';
import { launch } from '../launch.ts';
import { strongestSandbox } from '../sandboxes/registry.ts';
import type { Launched } from '../spec.ts';
import { isReady } from './is-ready.ts';
import { endLeftover } from './leftover.ts';
import { type RedisSettings, redisConfig } from './redis-config.ts';

export interface RedisOptions {
  /** Where its data lives; made if missing. One Redis per folder. */
  readonly folder: string;
  /** On 127.0.0.1; 0 (the default) takes one that is free. */
  readonly port?: number;
  /** Listens on this socket of Unix instead, which its owner alone may use. Absolute, 100 bytes at most. */
  readonly socket?: string;
  readonly password?: string;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Where to look for the program, as in PATH. */
  readonly path?: string;
  /** Milliseconds it may take to load its data (default one minute). */
  readonly readyWithinMs?: number;
}

/** A Redis of our own. It dies with this process. */
export interface RedisServer extends AsyncDisposable {
  /** For a client; holds the password, if there is one. */
  readonly url: string;
  /** 0 where it listens on a socket. */
  readonly port: number;
  readonly pid: number;
  /** Lets it write what it has, then ends it. */
  stop(): Promise<Exit>;
  readonly exited: Promise<Exit>;
}

const PATH = `${DEFAULT_PATH}:/opt/homebrew/bin`;
const LOOK_EVERY_MS = 20;
const GRACE_MS = 10_000;
const PORT_ATTEMPTS = 5;

/**
 * Starts Redis (or Valkey) and resolves when it answers.
 * @throws MarteauError redis-missing, redis-port-taken, redis-failed
 */
export async function startRedisServer(options: RedisOptions): Promise<RedisServer> {
  const path = options.path ?? PATH;
  const program = ['redis-server', 'valkey-server'].find((name) => 'path' in findProgram(name, '/', path));
  if (!program) throw new MarteauError('redis-missing', { install: installCommand() });
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const folder = await realpath(options.folder);
  if (!strongestSandbox().isSealed) await endLeftover(folder, GRACE_MS);
  for (let attempt = 1; ; attempt++) {
    const port = options.socket === undefined ? await claimPort(options.port ?? 0) : 0;
    if (port === undefined) throw new MarteauError('redis-port-taken', { port: options.port ?? 0 });
    try {
      return await start(program, path, { ...options, folder, port });
    } catch (error) {
      // Somebody took the port between our look and Redis's bind.
      const taken = error instanceof MarteauError && /address already in use/i.test(error.message);
      if (!taken) throw error;
      if (options.port || attempt === PORT_ATTEMPTS) throw new MarteauError('redis-port-taken', { port });
    }
  }
}

async function start(
  file: string,
  path: string,
  options: RedisOptions & RedisSettings,
): Promise<RedisServer> {
  const {
    folder,
    port,
    socket,
    password,
    signal = new AbortController().signal,
    readyWithinMs = 60_000,
  } = options;
  const env = { PATH: path, LANG: 'C.UTF-8' };
  const redis = launch({ file, args: ['-'], cwd: folder, env, signal, graceMs: GRACE_MS, stdin: 'pipe' });
  redis.stdin?.end(redisConfig({ folder, port, socket, password }));
  const lines = keepLastLines(redis);
  await untilReady(redis, { folder, port, socket, password }, readyWithinMs, lines);
  const login = password ? `:${encodeURIComponent(password)}@` : '';
  return {
    url: socket === undefined ? `redis://${login}127.0.0.1:${port}` : `unix://${login}${socket}`,
    port,
    pid: redis.pid!,
    stop: redis.stop,
    exited: redis.exited,
    [Symbol.asyncDispose]: redis[Symbol.asyncDispose],
  };
}

async function untilReady(
  redis: Launched,
  settings: RedisSettings,
  withinMs: number,
  lines: string[],
): Promise<void> {
  const { folder } = settings;
  const failed = (detail: string): MarteauError => {
    const said = lines.map(withoutStamp).join('; ');
    return new MarteauError('redis-failed', {
      folder,
      detail: said ? `${detail}, and said: ${said}` : detail,
    });
  };
  const ended = redis.exited.then((exit) => {
    throw failed(exit.sentence);
  });
  ended.catch(() => {}); // after the race nobody listens
  const deadline = performance.now() + withinMs;
  while (!(await Promise.race([isReady(settings), ended]))) {
    if (performance.now() > deadline) {
      await redis.stop();
      throw failed(`it did not answer within ${withinMs} ms`);
    }
    await Promise.race([sleep(LOOK_EVERY_MS), ended]);
  }
}

/** What Redis said last, kept up to date; reading it also keeps the pipes from filling. */
function keepLastLines({ stdout, stderr }: Launched): string[] {
  const last: string[] = [];
  for (const input of [stdout, stderr]) {
    createInterface({ input }).on('line', (line) => {
      last.push(line);
      if (last.length > 5) last.shift();
    });
  }
  return last;
}

/** Without the process id, role and time that Redis begins its lines with. */
function withoutStamp(line: string): string {
  return line.replace(/^\d+:\w \d+ \w+ \d+ [\d:.]+ [.*#-] /, '').trim();
}

function installCommand(): string {
  return process.platform === 'darwin' ? 'brew install redis' : 'sudo apt-get install redis-server';
}
