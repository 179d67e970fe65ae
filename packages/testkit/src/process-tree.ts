import { listProcesses, type ProcessInfo } from './processes.ts';

/** Every process below this one, nearest first. */
export function descendantsOf(pid: number): ProcessInfo[] {
  const all = listProcesses();
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
  return listProcesses().some((process) => process.pid === pid);
}
