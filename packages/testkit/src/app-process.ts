import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntil } from './wait-until.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export type AppOptions = {
  args?: string[];
  /** Added to the environment of the test; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  /** The folder to start in; the repository's, if not given. */
  cwd?: string;
  /** What its output says once it is ready. */
  ready?: RegExp;
  /** How long the start may take, in ms. */
  deadlineMs?: number;
};

/** How a process ended: by itself with a code, or by a signal. */
export type AppEnd = { code: number | null; signal: NodeJS.Signals | null };

/** One of our programs, running as a child process of the test. */
export type AppProcess = AsyncDisposable & {
  pid: number;
  /** The first http address that its output named; undefined for a program that serves none. */
  url: string | undefined;
  /** All that it has printed so far, stdout and stderr in the order of arrival. */
  output(): string;
  /** Waits until the output matches. */
  said(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>;
  signal(signal: NodeJS.Signals): void;
  /** Asks it to end (SIGTERM) and kills it when it has not after 10 s. */
  stop(): Promise<AppEnd>;
  /** SIGKILL. */
  kill(): Promise<AppEnd>;
  ended: Promise<AppEnd>;
};

/**
 * Starts a script of this repository with the Node that runs the test, and waits until it is ready.
 * @param script relative to the repository's folder: `apps/web/src/server.ts`
 * @throws when it ends, or the deadline passes, before it is ready; the message has the end of its output
 */
export async function startApp(script: string, options: AppOptions = {}): Promise<AppProcess> {
  const { args = [], env, cwd = root, ready = /listening/i, deadlineMs = 60_000 } = options;
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const app = describe(script, child);
  try {
    await app.said(ready, deadlineMs);
  } catch (error) {
    await app.kill();
    throw error;
  }
  return Object.assign(app, { url: /https?:\/\/[^\s"',]+/.exec(app.output())?.[0].replace(/[/.]+$/, '') });
}

function describe(script: string, child: ChildProcess): AppProcess {
  const output = collectOutput(child);
  const ended = once(child, 'close').then(([code, signal]): AppEnd => ({ code, signal }));
  let hasEnded = false;
  ended.then(() => {
    hasEnded = true;
  });

  const app: AppProcess = {
    pid: child.pid as number,
    url: undefined,
    output,
    ended,
    async said(pattern, deadlineMs) {
      const look = () => pattern.exec(output()) ?? hasEnded;
      const found = await waitUntil(`${script} to say ${pattern}`, look, { deadlineMs }).catch(
        () => false as const,
      );
      if (typeof found === 'object') return found;
      const what = hasEnded ? 'ended without saying' : 'did not say in time';
      throw new Error(`${script} ${what} ${pattern}. The end of its output:\n${output().slice(-4_000)}`);
    },
    signal: (signal) => void child.kill(signal),
    stop() {
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000);
      return ended.finally(() => clearTimeout(impatience));
    },
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
    [Symbol.asyncDispose]: async () => void (await app.stop()),
  };
  return app;
}

function collectOutput(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  }
  return () => output;
}
