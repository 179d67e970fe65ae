import type { Threshold } from '@marteau/measure';
import type { Step } from '@marteau/shared';
import type { GeneratorHealth } from '../judge/generator-health.ts';
import type { MeasureFacts } from '../judge/measure-threshold.ts';
import { Probe } from '../judge/probe.ts';
import { StopIf, type Stopped } from '../judge/stop-if.ts';
import { addThreads } from '../measure/load-series.ts';
import type { Second } from '../measure/run-record.ts';

/** A rate that is being tried. */
interface RunningProbe {
  readonly step: number;
  readonly probe: Probe;
  /** Of the generator, when it began. */
  readonly hotSeconds: number;
}

/** Judges the load while it runs, second by second: whether to stop, whether a rate holds, how the generator is. */
export class Overseer {
  readonly health: GeneratorHealth;
  readonly #facts: MeasureFacts;
  readonly #stopIf: StopIf;
  #probe: RunningProbe | null = null;
  #steps: readonly Step[] = [];

  constructor(stopIf: readonly Threshold[], facts: MeasureFacts, health: GeneratorHealth) {
    this.#stopIf = new StopIf(stopIf, facts);
    this.#facts = facts;
    this.health = health;
  }

  /**
   * A second to which nothing will be added any more.
   * @param steps those that were recorded in it
   * @returns why the load has to stop now; null while it need not
   */
  second({ second, pieces, load }: Second, steps: readonly Step[]): Stopped | null {
    const { started, offered, dropped } = addThreads(load);
    for (const gone of this.#steps.filter((step) => !steps.includes(step))) this.#stopIf.forget(gone.index);
    this.#steps = steps;
    let stopped: Stopped | null = null;
    for (const step of steps) {
      const own = pieces.filter((piece) => piece.recorded && piece.step === step.index);
      const labels = own.flatMap((piece) => piece.labels);
      const metrics = own.flatMap((piece) => piece.metrics);
      for (const { outcomes } of labels) this.health.ended(second, outcomes);
      stopped ??= this.#stopIf.second(step, { labels, metrics, started }, (second + 1) * 1000);
      if (this.#probe?.step === step.index)
        this.#probe.probe.second({ labels, metrics, started, offered, dropped });
    }
    return stopped;
  }

  /** From now on a step is a probe of its rate. */
  beginProbe(step: number, thresholds: readonly Threshold[]): void {
    const { hotSeconds } = this.health;
    this.#probe = { step, probe: new Probe(thresholds, this.#facts), hotSeconds };
  }

  /** How the probe went, once its last second was seen: what broke, in words, or null. */
  endProbe(): { broken: string | null; saturated: boolean } {
    const { probe, hotSeconds } = this.#probe!;
    this.#probe = null;
    return { broken: probe.outcome(), saturated: this.health.hotSeconds > hotSeconds };
  }
}
