import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Role = 'handler' | 'replay' | 'proxy' | 'record';

/** What is answered: 1 KB of JSON. */
export const body = Buffer.from(JSON.stringify({ id: 123, text: 'x'.repeat(1024 - 22) }));

/** A server of the benchmark. */
export interface Contender extends AsyncDisposable {
  role: Role;
  url: string;
  pid: number;
}

export async function startRole(role: Role, server = '', file = ''): Promise<Contender> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'serve.ts'), role, server, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  return { role, url: `http://127.0.0.1:${port}`, pid: child.pid!, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
