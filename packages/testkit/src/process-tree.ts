import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { waitUntil } from './wait-until.ts';

/** A process as /proc shows it. Where there is no /proc (macOS) no process is found, and what asserts on them passes. */
export type ProcessInfo = { pid: number; parent: number; command: string };

/** Every process below this one, nearest first. */
export function descendantsOf(pid: number): ProcessInfo[] {
  const all = processes();
  const found: ProcessInfo[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const children = all.filter(({ parent }) => parents.has(parent));
    found.push(...children);
    parents = new Set(children.map((child) => child.pid));
  }
  return found;
}

/** True while there is such a process; one that has ended and only waits for its parent is not alive. */
export function isAlive(pid: number): boolean {
  return processes().some((process) => process.pid === pid);
}

/** Finds again what a test has started, wherever it went, by a variable in its environment. */
export type ProcessMark = AsyncDisposable & {
  /** To be put into the environment of what the test starts; children inherit it. */
  env: Record<string, string>;
  alive(): ProcessInfo[];
  /** Waits for the marked processes to be gone, and throws naming those that are not. */
  assertNoneLeft(deadlineMs?: number): Promise<void>;
};

/** A mark of the test's own; its disposal asserts that nothing marked is left. */
export function markProcesses(): ProcessMark {
  const name = 'MARTEAU_TEST_MARK';
  const value = randomUUID();
  const alive = () => processes().filter(({ pid }) => hasVariable(pid, `${name}=${value}`));
  const assertNoneLeft = async (deadlineMs = 5_000) => {
    try {
      await waitUntil('the marked processes to be gone', () => alive().length === 0, { deadlineMs });
    } catch {
      throw new Error(
        `Still alive: ${alive()
          .map(({ pid, command }) => `${pid} ${command}`)
          .join('; ')}`,
      );
    }
  };
  return { env: { [name]: value }, alive, assertNoneLeft, [Symbol.asyncDispose]: () => assertNoneLeft() };
}

function processes(): ProcessInfo[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name)) ?? []);
}

function read(pid: number): ProcessInfo | undefined {
  try {
    // `PID (name) STATE PARENT …`, where the name may hold anything, brackets and spaces too.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return { pid, parent: Number(parent), command };
  } catch {
    return undefined; // It ended while we looked.
  }
}

function hasVariable(pid: number, assignment: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(assignment);
  } catch {
    return false; // It ended, or belongs to somebody else.
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
