import { cpus } from 'node:os';
import { GeneratorHealth } from '@marteau/load';
import type { Measurements } from '@marteau/measure';
import { formatBytes } from '@marteau/shared';
import type { Observation } from '@marteau/tools';
import { idleSecond } from './idle-second.ts';
import { memoryLimitOf, readTree, type Tree } from './read-tree.ts';

const EVERY_MS = 1000;
/** Seconds that are looked at together, as for our own threads. */
const GATE_S = 10;

/** Whoever has so much of what it may have is short of it. */
const SHORT_OF_MEMORY = 0.95;
/** What says that the system gives no more sockets, as outcomes of requests. */
const NO_SOCKETS = /^(EADDRNOTAVAIL|EMFILE|ENFILE|ENOBUFS)$|\bBindException\b/;

/**
 * The processor time, the memory and the open sockets of a program and all that it started, by the rules that hold for
 * our own threads; on Linux alone.
 */
export class WatchedTree {
  readonly #health = new GeneratorHealth(1, GATE_S);
  /** Null: each of its threads is one that may be short of a processor. */
  readonly #processors: number | null;
  readonly #tell: (second: number, cpu: number) => void;
  readonly #startedAt: number;
  #pid: number | null = null;
  #ofEnded = 0;
  #seconds = 0;
  #mostMemory = 0;
  #memoryLimit = 0;
  #shortSeconds = 0;
  #watched = 0;
  #last: { readonly at: number; readonly tree: Tree } | null = null;
  readonly #timer = setInterval(() => void this.#look().catch(() => {}), EVERY_MS);

  /**
   * @param startedAt moment 0, ms since 1970
   * @param usesAllProcessors whether its work goes to whichever thread is free; else one that is busy holds the load back
   */
  constructor(startedAt: number, usesAllProcessors: boolean, tell: (second: number, cpu: number) => void) {
    this.#startedAt = startedAt;
    this.#processors = usesAllProcessors ? cpus().length : null;
    this.#tell = tell;
  }

  /** A further program is to be watched, in place of the one before, which has ended. */
  watch(pid: number | undefined): void {
    this.#ofEnded += this.#seconds;
    this.#seconds = 0;
    this.#last = null;
    this.#memoryLimit = 0;
    this.#pid = pid ?? null;
  }

  /** s, of all programs so far */
  get cpuSeconds(): number {
    return this.#ofEnded + this.#seconds;
  }

  limits(): Measurements['generator']['limits'] {
    return [...this.#health.limits(), ...this.#memory()];
  }

  /** What was measured: an outcome may tell that there were no more sockets. */
  heard(seen: Observation): void {
    if (seen.type !== 'sample' || !seen.isError || !NO_SOCKETS.test(seen.outcome ?? '')) return;
    this.#health.ended(Math.max(0, Math.floor(seen.at / 1000)), { EADDRNOTAVAIL: 1 });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #memory(): Measurements['generator']['limits'] {
    if (this.#shortSeconds === 0) return [];
    const sentence = `the tool and what it started held up to ${formatBytes(this.#mostMemory)} of memory, nearly all that they may have. Use more nodes, less load, or a larger MARTEAU_RUN_MEMORY_GB.`;
    return [{ code: 'memory', sentence, share: this.#shortSeconds / this.#watched }];
  }

  async #look(): Promise<void> {
    if (this.#pid === null) return;
    const pid = this.#pid;
    const tree = await readTree(pid);
    this.#memoryLimit ||= await memoryLimitOf(pid);
    if (pid !== this.#pid || tree === null) return;
    const { memory, isFull } = tree;
    const at = performance.now();
    this.#seconds = Math.max(this.#seconds, tree.seconds);
    if (this.#last) {
      const used = busy(this.#last.tree, tree, this.#processors) / ((at - this.#last.at) / 1000);
      const cpu = Math.min(1, used);
      const second = Math.floor((Date.now() - this.#startedAt) / 1000) - 1;
      if (second >= 0) {
        this.#tell(second, cpu);
        this.#health.add(0, { ...idleSecond, second, cpu }, true);
        if (isFull) this.#health.ended(second, { EMFILE: 1 });
        this.#watched += 1;
        this.#mostMemory = Math.max(this.#mostMemory, memory);
        if (memory > SHORT_OF_MEMORY * this.#memoryLimit) this.#shortSeconds += 1;
      }
    }
    this.#last = { at, tree };
  }
}

/** Processor time between two moments, s: of all for each of so many processors, or of the busiest thread. */
function busy(before: Tree, now: Tree, processors: number | null): number {
  if (processors !== null) return Math.max(0, now.seconds - before.seconds) / processors;
  const each = [...now.threads].map(([id, seconds]) => seconds - (before.threads.get(id) ?? 0));
  return Math.max(0, ...each);
}
