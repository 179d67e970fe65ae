import { readdir, readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { GeneratorHealth } from '@marteau/load';
import type { Measurements } from '@marteau/measure';

/** Clock ticks a second: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; 100 on every Linux that Node runs on. */
const TICKS = 100;
const EVERY_MS = 1000;
/** Seconds that are looked at together, as for our own threads. */
const GATE_S = 10;

interface Process {
  readonly parent: number;
  /** s, with those of its children that it has waited for */
  readonly seconds: number;
}

/** The processor time of a program and all that it started; on Linux alone. */
export class WatchedTree {
  readonly #health = new GeneratorHealth(1, GATE_S);
  readonly #processors: number;
  readonly #tell: (second: number, cpu: number) => void;
  readonly #startedAt: number;
  #pid: number | null = null;
  #ofEnded = 0;
  #seconds = 0;
  #last: { readonly at: number; readonly seconds: number } | null = null;
  readonly #timer = setInterval(() => void this.#look().catch(() => {}), EVERY_MS);

  /**
   * @param startedAt moment 0, ms since 1970
   * @param usesAllProcessors whether one processor is not all that it may use
   */
  constructor(startedAt: number, usesAllProcessors: boolean, tell: (second: number, cpu: number) => void) {
    this.#startedAt = startedAt;
    this.#processors = usesAllProcessors ? cpus().length : 1;
    this.#tell = tell;
  }

  /** A further program is to be watched, in place of the one before, which has ended. */
  watch(pid: number | undefined): void {
    this.#ofEnded += this.#seconds;
    this.#seconds = 0;
    this.#last = null;
    this.#pid = pid ?? null;
  }

  /** s, of all programs so far */
  get cpuSeconds(): number {
    return this.#ofEnded + this.#seconds;
  }

  limits(): Measurements['generator']['limits'] {
    return this.#health.limits();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#pid === null) return;
    const pid = this.#pid;
    const seconds = await treeSeconds(pid);
    if (pid !== this.#pid || seconds === null) return;
    const at = performance.now();
    this.#seconds = Math.max(this.#seconds, seconds);
    if (this.#last) {
      const used = Math.max(0, seconds - this.#last.seconds) / ((at - this.#last.at) / 1000);
      const cpu = Math.min(1, used / this.#processors);
      const second = Math.floor((Date.now() - this.#startedAt) / 1000) - 1;
      if (second >= 0) {
        this.#tell(second, cpu);
        this.#health.add(0, { ...nothing, second, cpu }, true);
      }
    }
    this.#last = { at, seconds };
  }
}

const nothing = {
  users: 0,
  offered: 0,
  started: 0,
  late: 0,
  dropped: 0,
  userFailures: 0,
  loopDelay: 0,
  sockets: 0,
  gc: 0,
  between: 0,
};

/** Null where it is gone, or the system does not tell. */
async function treeSeconds(root: number): Promise<number | null> {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const all = new Map<number, Process>();
  await Promise.all(
    names.map(async (name) => {
      const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
      if (text === null) return;
      // What stands before the last bracket is a name, which may hold anything.
      const fields = text
        .slice(text.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
      all.set(Number(name), { parent: fields[1]!, seconds: ticks / TICKS });
    }),
  );
  if (!all.has(root)) return null;
  let sum = 0;
  for (const [pid, { seconds }] of all) if (isBelow(pid, root, all)) sum += seconds;
  return sum;
}

function isBelow(pid: number, root: number, all: ReadonlyMap<number, Process>): boolean {
  let at = pid;
  for (let depth = 0; depth < 100 && at > 1; depth += 1) {
    if (at === root) return true;
    at = all.get(at)?.parent ?? 0;
  }
  return false;
}
