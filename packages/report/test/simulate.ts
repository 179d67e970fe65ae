import type { FailureGroup, Label, LoadPoint, Measurements, Plan, Step } from '@marteau/shared';
import { around, logNormal, seeded } from './random.ts';
import { PointRecorder, StepRecorder } from './recorder.ts';

/** A request or a test of the simulated service. */
export interface SimulatedLabel {
  readonly kind: Label['kind'];
  readonly name: string;
  /** How many of it an iteration makes. */
  readonly perIteration: number;
  /** µs, while nobody else is there. */
  readonly median: number;
  readonly sigma: number;
  /** Share of them that fail, 0 … 1, and how. */
  readonly errorRate?: number;
  readonly error?: string;
  readonly bytes?: number;
}

/** What the service suffers from: Gunther's contention and coherency. */
export interface Simulation {
  readonly seed: number;
  readonly startedAt: string;
  readonly plan: Plan;
  readonly labels: readonly SimulatedLabel[];
  readonly shares?: number;
  /** Iterations per second of a single user. */
  readonly perUser: number;
  readonly contention?: number;
  readonly coherency?: number;
  /** Seconds of the load in which nothing answers. */
  readonly outage?: { from: number; to: number };
  /** Ends the load early, so many seconds in. */
  readonly stopAfter?: number;
  readonly failures?: readonly FailureGroup[];
  readonly limits?: Measurements['generator']['limits'];
  readonly cpu?: number;
  readonly notes?: readonly string[];
}

/** What every share of a simulated run would have measured. Deterministic. */
export function simulate(simulation: Simulation): Measurements[] {
  const shares = simulation.shares ?? 1;
  return Array.from({ length: shares }, (_, share) => simulateShare(simulation, share, shares));
}

interface Second {
  readonly index: number;
  readonly step: Step;
  readonly recorded: boolean;
}

function secondsOf(plan: Plan, stopAfter: number): Second[] {
  const seconds: Second[] = [];
  for (const step of plan.steps) {
    const ramp = Math.round(step.rampMs / 1000);
    const all = ramp + Math.round(step.durationMs / 1000);
    for (let i = 0; i < all && seconds.length < stopAfter; i++) {
      seconds.push({ index: seconds.length, step, recorded: step.recorded && i >= ramp });
    }
  }
  return seconds;
}

function simulateShare(simulation: Simulation, share: number, of: number): Measurements {
  const { plan, startedAt, stopAfter = Number.POSITIVE_INFINITY } = simulation;
  const random = seeded(simulation.seed + 7919 * share);
  const seconds = secondsOf(plan, stopAfter);
  const width = seconds.length <= 1200 ? 1 : 2 ** Math.ceil(Math.log2(seconds.length / 1200));
  const complete = seconds.length < stopAfter;
  const begin = Date.parse(startedAt) + share * 2;
  return {
    v: 1,
    engine: { name: 'marteau', version: '0.1.0' },
    share: { index: share, of },
    node: of === 1 ? 'forge-1' : `forge-${share + 1}`,
    model: plan.steps.some(({ model }) => model === 'open') ? 'open' : 'closed',
    startedAt: new Date(begin).toISOString(),
    endedAt: new Date(begin + seconds.length * 1000).toISOString(),
    stopped: !complete,
    steps: windowsOf(seconds, plan),
    labels: simulation.labels.map((label) => simulateLabel(simulation, label, seconds, width, of, random)),
    failures: (simulation.failures ?? []).map((group) => ({ ...group })),
    load: loadOf(simulation, seconds, width, of, random),
    notes: [...(simulation.notes ?? [])],
    generator: {
      threads: 2,
      cpuSeconds: seconds.length * (simulation.cpu ?? 0.31),
      limits: [...(simulation.limits ?? [])],
    },
  };
}

function windowsOf(seconds: readonly Second[], plan: Plan): Measurements['steps'] {
  return plan.steps.flatMap((step) => {
    const own = seconds.filter((second) => second.step === step && second.recorded);
    if (own.length === 0) return [];
    const window = { begin: own[0]!.index * 1000, end: (own.at(-1)!.index + 1) * 1000 };
    return [{ plan: step, ...window, complete: own.length * 1000 === step.durationMs }];
  });
}

/** Iterations per second of all users together, by the Universal Scalability Law; an open model gets what it asks. */
function iterationRate(simulation: Simulation, { step, index }: Second): number {
  const { perUser, contention = 0, coherency = 0, outage } = simulation;
  if (outage && index >= outage.from && index < outage.to) return 0;
  const users = step.users?.to ?? 0;
  const most = (n: number) => (perUser * n) / (1 + contention * (n - 1) + coherency * n * (n - 1));
  return step.model === 'open' ? (step.rate?.to ?? 0) : users > 0 ? most(users) : 0;
}

/** How much slower everything is than alone. */
function slowness(simulation: Simulation, second: Second): number {
  const users = second.step.users?.to ?? 1;
  const rate = iterationRate(simulation, second);
  return second.step.model === 'open' || rate === 0 ? 1 : (users * simulation.perUser) / rate;
}

function simulateLabel(
  simulation: Simulation,
  label: SimulatedLabel,
  seconds: readonly Second[],
  width: number,
  of: number,
  random: () => number,
): Label {
  const steps = new Map<number, StepRecorder>();
  const points: PointRecorder[] = [];
  const error = { name: label.error ?? '500', isError: true };
  for (const second of seconds) {
    const mean = (iterationRate(simulation, second) * label.perIteration) / of;
    const count = mean === 0 ? 0 : around(random, mean);
    const slow = slowness(simulation, second);
    const stats =
      steps.get(second.step.index) ?? new StepRecorder(second.step.index, label.kind === 'request');
    const times: number[] = [];
    let errors = 0;
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      const failed = random() < (label.errorRate ?? 0);
      const time = logNormal(random, label.median * slow, label.sigma);
      times.push(time);
      if (failed) errors++;
      else bytes += label.bytes ?? 0;
      if (second.recorded)
        stats.finished(time, failed ? error : { name: '200', isError: false }, label.bytes ?? 0);
    }
    if (second.recorded) {
      stats.peak = Math.max(stats.peak, count);
      steps.set(second.step.index, stats);
    }
    if (second.index % width === 0) points.push(new PointRecorder(second.index * 1000, width * 1000));
    points.at(-1)!.second(times, errors, bytes);
  }
  return {
    kind: label.kind,
    name: label.name,
    steps: [...steps.values()].map((stats) => stats.stats()),
    series: points.map((point) => point.point()),
  };
}

function loadOf(
  simulation: Simulation,
  seconds: readonly Second[],
  width: number,
  of: number,
  random: () => number,
): LoadPoint[] {
  const points: LoadPoint[] = [];
  for (let i = 0; i < seconds.length; i += width) {
    const here = seconds.slice(i, i + width);
    const { step } = here.at(-1)!;
    const started = here.reduce((sum, second) => sum + iterationRate(simulation, second), 0) / of;
    points.push({
      at: i * 1000,
      width: width * 1000,
      step: step.index,
      users: Math.round((step.users?.to ?? step.maxUsers ?? 0) / of),
      offered: step.model === 'open' ? Math.round(((step.rate?.to ?? 0) * here.length) / of) : 0,
      started: Math.round(started),
      late: 0,
      dropped: 0,
      cpu: Math.min(1, (simulation.cpu ?? 0.31) * (0.9 + 0.2 * random())),
      loopDelay: 900 + 700 * random(),
      sockets: Math.round((step.users?.to ?? 0) / of),
    });
  }
  return points;
}
