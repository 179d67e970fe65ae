import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { createTempFolder } from '@marteau/testkit';
import { dockerLike } from './docker-like.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** A rung that a machine can have, as a column of the table in docs/security.md. */
interface Column {
  readonly name: string;
  /** In the ladder. */
  readonly rung: number;
  /** Whether the worker there is root; null where it may be either. */
  readonly needsRoot: boolean;
  /** Put before the worker. */
  readonly wrap: readonly string[];
}

const unprivileged = isRoot
  ? ['setpriv', '--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups']
  : [];

export const COLUMNS: readonly Column[] = [
  { name: 'root', rung: 0, needsRoot: true, wrap: [] },
  { name: 'root without eBPF', rung: 1, needsRoot: true, wrap: [] },
  { name: 'another account', rung: 2, needsRoot: false, wrap: unprivileged },
  { name: 'a container', rung: 3, needsRoot: false, wrap: [...unprivileged, ...dockerLike()] },
];

/** Why a column cannot be had on this machine; false where it can. */
export async function whyNotHere({ rung, needsRoot, wrap }: Column): Promise<string | false> {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (needsRoot && !isRoot) return 'it needs root';
  const scopes = await run('perl', ['-e', 'exit(syscall(444, 0, 0, 1) < 6)']).catch(() => null);
  if (!scopes) return 'it needs Linux 6.12 with Landlock';
  try {
    const [file = '', ...args] = [
      ...wrap,
      process.execPath,
      join(import.meta.dirname, 'fixtures/can.ts'),
      `${rung}`,
    ];
    const { stdout } = await run(file, args);
    return stdout.trim() || false;
  } catch (error) {
    return (error as Error).message; // an account that may not run this Node
  }
}

/** A folder for `node.ts`, which is the worker's. It holds a program that root has made setuid. */
export async function openNodeFolder({ wrap }: Column) {
  const folder = await createTempFolder('marteau-node-');
  const readable = join(folder.path, 'readable');
  mkdirSync(readable);
  copyFileSync('/usr/bin/id', join(readable, 'id'));
  chmodSync(join(readable, 'id'), 0o4755);
  chmodSync(folder.path, 0o755);
  if (isRoot && wrap.length > 0) chownSync(folder.path, NOBODY, NOBODY);
  return folder;
}

/** Starts `node.ts` of a column, or another program of this folder, and resolves with the first line that it says. */
export async function startNode({ wrap }: Column, args: readonly string[]) {
  const [file = '', ...words] = [...wrap, process.execPath, join(import.meta.dirname, 'fixtures', args[0]!)];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', MARTEAU_PROBE_SECRET: `secret ${Math.random()}` };
  const child = spawn(file, [...words, ...args.slice(1)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const exited = once(child, 'exit');
  const said = once(createInterface(child.stdout), 'line');
  const [line] = await Promise.race([said, exited.then(() => [''])]);
  if (args.length > 1 && !line) throw new Error(errors);
  return { line: line as string, exited, kill: () => child.kill('SIGKILL') };
}
