import type { LoadSnapshot, Measurements } from '@marteau/measure';
import { Gate } from './gate.ts';

/**
 * From here on the generator, and not the target, shapes the numbers. Single seconds beyond these are common on a loud
 * machine and change little; what holds over the length of a gate is the generator's own state.
 */
const MOST_CPU = 0.85;
const MOST_DELAY = 20_000; // µs
const MOST_GC = 0.2;
const MOST_LATE = 0.01;
/** By Little's law users = rate × time of an iteration; what is missing is time that no iteration tells of. */
const MOST_BETWEEN = 0.1;
/** So few late starts are chance, at whatever rate. */
const FEWEST_LATE = 3;

export type ThreadHealth = NonNullable<Measurements['generator']['each']>[number];

/** What passes for the generator's own state, of one thread; and what the thread did in all. */
export class ThreadGates {
  readonly cpu: Gate<number>;
  readonly delay: Gate<number>;
  readonly gc: Gate<number>;
  readonly late: Gate<Pick<LoadSnapshot, 'late' | 'offered'>>;
  readonly between: Gate<number>;
  /** Most of the users' time that lay between iterations, 0 … 1. */
  peakBetween = 0;
  readonly health: ThreadHealth = {
    cpuSeconds: 0,
    started: 0,
    late: 0,
    dropped: 0,
    peakCpu: 0,
    peakLoopDelay: 0,
    peakGc: 0,
    peakSockets: 0,
  };

  /** @param length of each gate, s */
  constructor(length: number) {
    this.cpu = new Gate(length, (values) => mean(values) > MOST_CPU);
    this.delay = new Gate(length, (values) => middle(values) > MOST_DELAY);
    this.gc = new Gate(length, (values) => mean(values) > MOST_GC);
    this.late = new Gate(length, (values) => {
      const late = values.reduce((sum, value) => sum + value.late, 0);
      const offered = values.reduce((sum, value) => sum + value.offered, 0);
      return late >= FEWEST_LATE && late > offered * MOST_LATE;
    });
    this.between = new Gate(length, (values) => mean(values) > MOST_BETWEEN);
  }

  /** @param recorded whether the second was, in part at least: health is that of recorded time */
  add(point: LoadSnapshot, recorded: boolean): void {
    const { health } = this;
    const { second, cpu, loopDelay, gc, between } = point;
    health.started += point.started;
    health.late += point.late;
    health.dropped += point.dropped;
    health.peakSockets = Math.max(health.peakSockets, point.sockets);
    if (!recorded) return;
    health.peakCpu = Math.max(health.peakCpu, cpu);
    health.peakLoopDelay = Math.max(health.peakLoopDelay, loopDelay);
    health.peakGc = Math.max(health.peakGc, gc);
    this.cpu.add(second, cpu);
    this.delay.add(second, loopDelay);
    this.gc.add(second, gc);
    this.late.add(second, point);
    this.peakBetween = Math.max(this.peakBetween, between);
    this.between.add(second, between);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The upper one of two in the middle. */
function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
