import { readdir, readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';

/** Clock ticks a second: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; 100 on every Linux that Node runs on. */
const TICKS = 100;
const KB = 1024;
/** A program of which so few more can be opened has none left, as several are opened at once. */
const FEW_LEFT = 8;

/** A program and all that it started, at one moment. */
export interface Tree {
  /** Processor time so far, s, with that of those it has waited for. */
  readonly seconds: number;
  /** The same of each thread that lives, by its number. */
  readonly threads: ReadonlyMap<number, number>;
  /** Held by them alone and in no file, bytes. */
  readonly memory: number;
  /** One of them has nearly all open that it may: sockets and files. */
  readonly isFull: boolean;
}

/** Null where it is gone, or the system does not tell: on Linux alone. */
export async function readTree(root: number): Promise<Tree | null> {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const all = new Map<number, Process>();
  await Promise.all(
    names.map(async (name) => {
      const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
      if (text === null) return;
      const fields = fieldsOf(text);
      const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
      all.set(Number(name), { parent: fields[1]!, seconds: ticks / TICKS });
    }),
  );
  if (!all.has(root)) return null;
  const below = [...all.keys()].filter((pid) => isBelow(pid, root, all));
  const [memory, full, threads] = await Promise.all([
    Promise.all(below.map(memoryOf)),
    Promise.all(below.map(isFull)),
    Promise.all(below.map(threadsOf)),
  ]);
  return {
    seconds: below.reduce((sum, pid) => sum + all.get(pid)!.seconds, 0),
    threads: new Map(threads.flat()),
    memory: memory.reduce((sum, bytes) => sum + bytes, 0),
    isFull: full.includes(true),
  };
}

/** The memory that a program and what it starts may have, bytes: all of the machine's, or what its group has. */
export async function memoryLimitOf(pid: number): Promise<number> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  const [, v1] = /^\d+:(?:\S*,)?memory(?:,\S*)?:(\S*)$/m.exec(groups) ?? [];
  const [, v2] = /^0::(\S*)$/m.exec(groups) ?? [];
  const files = [
    ...(v1 === undefined ? [] : [`/sys/fs/cgroup/memory${v1}/memory.limit_in_bytes`]),
    ...(v2 === undefined ? [] : [`/sys/fs/cgroup${v2}/memory.max`, `/sys/fs/cgroup/unified${v2}/memory.max`]),
  ];
  const limits = await Promise.all(
    files.map((file) => readFile(file, 'utf8').then(Number, () => Number.NaN)),
  );
  return Math.min(totalmem(), ...limits.filter((limit) => limit > 0));
}

interface Process {
  readonly parent: number;
  readonly seconds: number;
}

/** The numbers of a `stat` of /proc: what stands before the last bracket is a name, which may hold anything. */
function fieldsOf(stat: string): number[] {
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

async function threadsOf(pid: number): Promise<[number, number][]> {
  const ids = await readdir(`/proc/${pid}/task`).catch(() => []);
  const all = await Promise.all(
    ids.map(async (id): Promise<[number, number][]> => {
      const text = await readFile(`/proc/${pid}/task/${id}/stat`, 'utf8').catch(() => null);
      if (text === null) return [];
      const [, , , , , , , , , , , user = 0, system = 0] = fieldsOf(text);
      return [[Number(id), (user + system) / TICKS]];
    }),
  );
  return all.flat();
}

async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * KB;
}

async function isFull(pid: number): Promise<boolean> {
  const [limits, open] = await Promise.all([
    readFile(`/proc/${pid}/limits`, 'utf8').catch(() => ''),
    readdir(`/proc/${pid}/fd`).catch(() => []),
  ]);
  const most = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.NaN);
  return open.length >= most - FEW_LEFT;
}

function isBelow(pid: number, root: number, all: ReadonlyMap<number, Process>): boolean {
  let at = pid;
  for (let depth = 0; depth < 100 && at > 1; depth += 1) {
    if (at === root) return true;
    at = all.get(at)?.parent ?? 0;
  }
  return false;
}
