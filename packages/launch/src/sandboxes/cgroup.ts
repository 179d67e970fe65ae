import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tool } from '../find-program.ts';

/** What all programs of a compartment may take together. */
export interface Limits {
  /** Processes and threads at once. */
  readonly tasks: number;
  readonly memoryBytes: number;
}

/** A limit that was hit: of bytes, or of processes and threads. */
export interface Exceeded {
  readonly what: 'memory' | 'tasks';
  readonly most: number;
}

/** A control group (cgroup) of the kernel: what is in it is limited as a whole, and ended as a whole. */
export interface Cgroup {
  /** Its folder in the hierarchy of version 2, by which the network is ruled; null where there is none. */
  readonly unified: string | null;
  /** Puts a process into it, and so all that it starts from then on. */
  admit(pid: number): void;
  /** Of what was refused for want of room: 'memory' when a program was killed for it, 'tasks' when none could be started. */
  exceeded(): readonly Exceeded[];
  /** Whether processors are shared by weight. */
  readonly isWeighted: boolean;
  /** Removes it; nothing is in it any more. What is in it when we are killed is killed, too, by the guard. */
  remove(): void;
}

/** Of a controller, the file with its limit in version 1, and in version 2. */
const FILES = {
  pids: ['pids.max', 'pids.max'],
  memory: ['memory.limit_in_bytes', 'memory.max'],
} as const;

/**
 * The weight that a group has where processors are short, in either version: as much as any one group. However many
 * programs a run starts, together they count as one beside other runs and Marteau itself.
 */
const WEIGHTS = { 1: ['cpu.shares', '1024'], 2: ['cpu.weight', '100'] } as const;

/** Where the kernel counts what did not fit. */
const FAILS = {
  memory: { controller: 'memory', files: ['memory.oom_control', 'memory.events'], count: /oom_kill (\d+)/ },
  tasks: { controller: 'pids', files: ['pids.events', 'pids.events'], count: /max (\d+)/ },
} as const;

interface Hierarchy {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
  readonly folder: string;
}

const LOOK_EVERY_MS = 10;
const MOST_LOOKS = 500;

/** The folder of all of ours in each hierarchy. */
const OURS = 'marteau';

/**
 * Makes a group, in every hierarchy that can limit what we limit.
 * @throws the system's error where we may not
 */
export function makeCgroup(name: string, limits: Limits): Cgroup {
  const made: Hierarchy[] = [];
  let guard: ChildProcess | undefined;
  let weighted: string | null = null;
  const remove = (): void => {
    for (const { folder } of made) rmdirSync(folder);
    if (weighted !== null && existsSync(weighted)) rmdirSync(weighted); // else it was one of these
    guard?.kill('SIGKILL');
  };
  try {
    for (const hierarchy of hierarchies()) {
      const folder = join(hierarchy.folder, OURS, name);
      openTo(hierarchy);
      mkdirSync(folder, { recursive: true });
      made.push({ ...hierarchy, folder });
    }
    weighted = weigh(made, name);
    const values = { pids: limits.tasks, memory: limits.memoryBytes };
    for (const controller of ['pids', 'memory'] as const) {
      const { folder, version } = of(controller);
      writeFileSync(join(folder, FILES[controller][version - 1]!), String(values[controller]));
    }
  } catch (error) {
    remove();
    throw error;
  }
  function of(controller: string): Hierarchy {
    const found = made.find(({ controllers }) => controllers.includes(controller));
    if (!found) throw new Error(`there is no cgroup controller "${controller}"`);
    return found;
  }
  const unified = made.find(({ version }) => version === 2)?.folder ?? null;
  if (unified) guard = startGuard(unified);
  return {
    unified,
    isWeighted: weighted !== null,
    admit(pid) {
      const folders = new Set([
        ...made.map(({ folder }) => folder),
        ...(weighted === null ? [] : [weighted]),
      ]);
      for (const folder of folders) writeFileSync(join(folder, 'cgroup.procs'), String(pid));
    },
    exceeded: () =>
      (Object.keys(FAILS) as Exceeded['what'][]).flatMap((what) => {
        const { controller, files, count } = FAILS[what];
        const { folder, version } = of(controller);
        const text = readFileSync(join(folder, files[version - 1]!), 'utf8');
        const most = what === 'memory' ? limits.memoryBytes : limits.tasks;
        return Number(count.exec(text)?.[1] ?? 0) > 0 ? { what, most } : [];
      }),
    remove,
  };
}

/** Makes a group among those that share processors. @returns its folder; null where the kernel shares none so */
function weigh(made: readonly Hierarchy[], name: string): string | null {
  try {
    const hierarchy = mounted().find(({ controllers }) => controllers.includes('cpu'));
    if (!hierarchy) return null;
    const { version } = hierarchy;
    const ours = join(hierarchy.folder, OURS);
    const folder = made.find((one) => one.folder === join(ours, name))?.folder ?? join(ours, name);
    if (version === 2)
      for (const each of [hierarchy.folder, ours])
        writeFileSync(join(each, 'cgroup.subtree_control'), '+cpu');
    mkdirSync(folder, { recursive: true });
    const [file, weight] = WEIGHTS[version];
    writeFileSync(join(folder, file), weight);
    return folder;
  } catch {
    return null; // a run is held without it
  }
}

/**
 * Starts who kills what is in a group when we are no more, however that came. (The kernel would tell a child of its
 * parent's death, but not one of another account: bubblewrap has given away the power to signal that.)
 */
function startGuard(folder: string): ChildProcess {
  const script = 'read -r _; echo 1 > "$0/cgroup.kill"';
  const guard = spawn(tool('sh'), ['-c', script, folder], {
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => {}); // the next worker's sweep does it
  guard.unref();
  return guard;
}

/** The hierarchies that we need: of version 1 those of our controllers, and that of version 2. */
function hierarchies(): Hierarchy[] {
  return mounted().filter(
    ({ version, controllers }) =>
      version === 2 || Object.keys(FILES).some((name) => controllers.includes(name)),
  );
}

function mounted(): Hierarchy[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return mounts.flatMap((line): Hierarchy[] => {
    const [before = '', after = ''] = line.split(' - ');
    const folder = before.split(' ')[4];
    const [type, , options = ''] = after.split(' ');
    if (!folder || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    if (type === 'cgroup') return [{ version: 1, controllers: options.split(','), folder }];
    const controllers = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ');
    return [{ version: 2, controllers, folder }];
  });
}

/** Version 2 passes a controller on to the groups below only where it is told to. */
function openTo({ version, controllers, folder }: Hierarchy): void {
  if (version === 1) return;
  const ours = join(folder, OURS);
  mkdirSync(ours, { recursive: true });
  const passed = Object.keys(FILES).filter((name) => controllers.includes(name));
  if (passed.length === 0) return;
  for (const each of [folder, ours])
    writeFileSync(join(each, 'cgroup.subtree_control'), passed.map((name) => `+${name}`).join(' '));
}

/**
 * Kills what is in a group of a dead process, and removes it.
 * @throws Error where something in it cannot be ended
 */
export async function removeCgroup(name: string): Promise<void> {
  const weighing = mounted().filter(({ controllers }) => controllers.includes('cpu'));
  for (const folder of new Set([...hierarchies(), ...weighing].map((each) => each.folder))) {
    const group = join(folder, OURS, name);
    for (let looks = 0; existsSync(group); looks++) {
      if (looks === MOST_LOOKS) throw new Error(`what is in ${group} does not end`);
      for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
        killIfThere(Number(pid));
      try {
        rmdirSync(group);
      } catch {
        await sleep(LOOK_EVERY_MS); // its last process is just ending
      }
    }
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {} // it has ended
}
