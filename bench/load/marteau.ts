import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { HttpChoice } from '@marteau/file';
import type { Launch } from '@marteau/launch';
import { startShare } from '@marteau/load';
import type { Stage } from '@marteau/shared';
import { connections, type Work } from './generators.ts';
import { type Program, pinned } from './program.ts';

export interface MarteauWork extends Pick<Work, 'url' | 'folder' | 'script'> {
  readonly users?: number;
  /** Iterations per second, for the open model; left out, `users` iterate without a pause. */
  readonly rate?: number;
  readonly threads?: number;
  readonly rampMs?: number;
  /** False to leave the choice of cores to the system. */
  readonly pin?: boolean;
  /** Which HTTP is spoken; 1.1 unless given. */
  readonly http?: HttpChoice;
  /** `fresh`: a connection for each iteration. */
  readonly connections?: 'keep' | 'fresh';
  /** Starts the child, and is told where the project lies; without, it is started plainly. */
  readonly within?: (root: string) => Promise<Launch>;
}

/** Runs a script as load in a real child of the engine, on the generator's core, until it is disposed of. */
export async function startMarteau({
  url,
  folder,
  script,
  users = connections,
  rate,
  threads = 1,
  rampMs = 500,
  pin = true,
  connections: kept = 'keep',
  http = '1.1',
  within,
}: MarteauWork): Promise<Program> {
  const root = join(folder, `project-${Math.random().toString(36).slice(2)}`);
  await mkdir(root);
  await writeFile(join(root, 'load.test.ts'), script);
  const end = new AbortController();
  let pid = 0;
  const start = (await within?.(root)) ?? ((request: Parameters<Launch>[0]) => launchPinned(request, pin));
  const launch: Launch = async (request) => {
    const launched = await start(request);
    pid = launched.pid!;
    return launched;
  };
  const isOpen = rate !== undefined;
  const step: Stage = {
    index: 0,
    name: 'bench',
    model: isOpen ? 'open' : 'closed',
    users: isOpen ? null : { from: users, to: users },
    rate: isOpen ? { from: rate, to: rate } : null,
    maxUsers: isOpen ? users : null,
    iterations: null,
    rampMs: isOpen ? 0 : rampMs,
    durationMs: 600_000,
    recorded: true,
    test: null,
  };
  const share = await startShare(
    {
      root,
      wdir: '.',
      script: 'load.test.ts',
      test: null,
      plan: { steps: [step] },
      share: { index: 0, of: 1 },
      node: 'bench',
      target: url,
      env: {},
      out: root,
      run: 'bench',
      secrets: [],
      threads,
      options: {
        session: 'iteration',
        connections: kept,
        http,
        mark: true,
        labels: [],
        expected: [],
        tls: { verify: false, ca: null },
        requestTimeoutMs: 60_000,
        data: {},
      },
    },
    { launch, signal: end.signal },
  );
  share.stdout.pipe(process.stderr);
  share.stderr.pipe(process.stderr);
  const ready = await share.ready;
  if ('error' in ready) throw ready.error;
  share.start();
  return {
    pid,
    async [Symbol.asyncDispose]() {
      end.abort();
      await share.done;
    },
  };
}

function launchPinned(request: Parameters<Launch>[0], pin: boolean): Awaited<ReturnType<Launch>> {
  const { file, args, cwd, env, signal, extraPipes } = request;
  const [command, commandArgs] = pin ? pinned('generator', file, args) : [file, [...args]];
  const pipes = Array.from({ length: extraPipes }, () => 'pipe' as const);
  const path = { PATH: process.env.PATH ?? '' };
  const child = spawn(command, commandArgs, {
    cwd,
    env: { ...path, ...env },
    stdio: ['pipe', 'pipe', 'pipe', ...pipes],
  });
  const exited = once(child, 'exit').then(([code]) => ({
    code: code as number | null,
    signal: null,
    sentence: `it ended with ${code}`,
  }));
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout!,
    stderr: child.stderr!,
    pipes: child.stdio.slice(3) as Duplex[],
    exited,
    stop: () => {
      kill();
      return exited;
    },
  };
}
