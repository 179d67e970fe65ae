import {
  addStarts,
  addThreads,
  type Circumstances,
  Probe,
  type Second,
  StopIf,
  type StoppedBy,
  type Threshold,
} from '@marteau/measure';
import type { Stage } from '@marteau/shared';
import type { GeneratorHealth } from '../judge/generator-health.ts';

/** A rate that is being tried. */
interface RunningProbe {
  readonly stage: number;
  readonly probe: Probe;
  /** Of the generator, when it began. */
  readonly hotSeconds: number;
}

/** Judges the load while it runs, second by second: whether to stop, whether a rate holds, how the generator is. */
export class Overseer {
  readonly health: GeneratorHealth;
  readonly #circumstances: Circumstances;
  readonly #stopIf: StopIf;
  #probe: RunningProbe | null = null;
  #stages: readonly Stage[] = [];

  constructor(stopIf: readonly Threshold[], circumstances: Circumstances, health: GeneratorHealth) {
    this.#stopIf = new StopIf(stopIf, circumstances);
    this.#circumstances = circumstances;
    this.health = health;
  }

  /**
   * A second to which nothing will be added any more.
   * @param stages those that were recorded in it
   * @returns why the load has to stop now; null while it need not
   */
  second({ second, snapshots, load, starts: all }: Second, stages: readonly Stage[]): StoppedBy | null {
    const { started, offered, dropped } = addThreads(load);
    for (const gone of this.#stages.filter((stage) => !stages.includes(stage)))
      this.#stopIf.forget(gone.index);
    this.#stages = stages;
    let stopped: StoppedBy | null = null;
    for (const stage of stages) {
      const own = snapshots.filter((snapshot) => snapshot.recorded && snapshot.stage === stage.index);
      const labels = own.flatMap((snapshot) => snapshot.labels);
      const metrics = own.flatMap((snapshot) => snapshot.metrics);
      const starts = addStarts(all.filter((each) => each.stage === stage.index));
      for (const { outcomes } of labels) this.health.ended(second, outcomes);
      stopped ??= this.#stopIf.second(stage, { labels, metrics, started, starts }, (second + 1) * 1000);
      if (this.#probe?.stage === stage.index)
        this.#probe.probe.second({ labels, metrics, started, starts, offered, dropped });
    }
    return stopped;
  }

  /** From now on a stage is a probe of its rate. */
  beginProbe(stage: number, thresholds: readonly Threshold[]): void {
    const { hotSeconds } = this.health;
    this.#probe = { stage, probe: new Probe(thresholds, this.#circumstances), hotSeconds };
  }

  /** How the probe went, once its last second was seen: what broke, in words, or null. */
  endProbe(): { broken: string | null; saturated: boolean } {
    const { probe, hotSeconds } = this.#probe!;
    this.#probe = null;
    return { broken: probe.outcome(), saturated: this.health.hotSeconds > hotSeconds };
  }
}
