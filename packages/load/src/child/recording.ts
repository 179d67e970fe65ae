import { FailureGroups, type Measurements, Recorder, type StoppedBy, tickOf } from '@marteau/measure';
import { WallClock } from '../judge/wall-clock.ts';
import type { FromThread } from '../thread/messages.ts';
import type { ChildJob } from './job.ts';
import type { Overseer } from './overseer.ts';
import type { Parent } from './parent.ts';
import { Windows } from './windows.ts';

/** A second is told of when all threads have handed it in, or so much later, ms. */
const TICK_LATEST_MS = 1000;

type Measured = Extract<FromThread, { type: 'measured' }>;

/** What all threads of a share measured, merged second by second, and told of as it comes. */
export class Recording {
  readonly windows = new Windows();
  readonly #job: ChildJob;
  readonly #parent: Parent;
  readonly #overseer: Overseer;
  readonly #startedAt: number;
  readonly #record: Recorder;
  readonly #failures = new FailureGroups();
  readonly #wallClock = new WallClock();
  /** By thread: all seconds before this one are complete. */
  readonly #through: number[];
  #ticked = 0;
  #judged = 0;

  /** @param startedAt moment 0 of the run's clock, ms since 1970 */
  constructor(job: ChildJob, parent: Parent, overseer: Overseer, startedAt: number) {
    this.#job = job;
    this.#record = new Recorder(this.windows, job.close);
    this.#parent = parent;
    this.#overseer = overseer;
    this.#startedAt = startedAt;
    this.#through = Array.from({ length: job.threads }, () => 0);
  }

  /** All threads have handed in the seconds before this one. */
  get complete(): number {
    return Math.min(...this.#through);
  }

  add(thread: number, { through, snapshots, load, unfinished, failures }: Measured): void {
    this.#through[thread] = through;
    this.#record.add(snapshots, load);
    for (const each of load) this.#overseer.health.add(thread, each, this.windows.isRecording(each.second));
    for (const each of unfinished) this.#record.addUnfinished(each);
    for (const count of failures) {
      const group = this.#failures.add(count);
      if (group) this.#parent.send({ type: 'failure', group });
    }
  }

  /**
   * Tells of the seconds that are complete, or overdue; judges and closes those that are complete.
   * @returns why the load has to stop now; null while it need not
   */
  tick(now: number): StoppedBy | null {
    const jump = this.#wallClock.jump();
    if (jump !== 0) this.#overseer.health.clockJumped(jump, now);
    const { complete } = this;
    const overdue = Math.floor((now - TICK_LATEST_MS) / 1000);
    const { index: share, of } = this.#job.share;
    for (; this.#ticked < Math.max(complete, overdue); this.#ticked += 1) {
      const recording = this.windows.isRecording(this.#ticked);
      const stage = this.windows.stageOf(this.#ticked);
      const facts = { startedAt: this.#startedAt, share, of, stage, recording };
      this.#parent.send(tickOf(this.#record.second(this.#ticked), facts));
    }
    for (const { stage, phase, at } of this.windows.news(now))
      this.#parent.send({ type: 'step', step: stage, phase, at: this.#startedAt + at });
    let stopped: StoppedBy | null = null;
    for (; this.#judged < complete; this.#judged += 1) {
      const stages = this.windows.recordedIn(this.#judged);
      stopped ??= this.#overseer.second(this.#record.second(this.#judged), stages);
    }
    this.#record.close(complete);
    return stopped;
  }

  /** Everything was handed in. */
  written(): Pick<Measurements, 'steps' | 'labels' | 'metrics' | 'load' | 'closeUp' | 'failures'> {
    this.#record.closeAll();
    const closeUp = this.#record.closeUp();
    return {
      steps: this.windows.written(),
      labels: this.#record.labels(),
      metrics: this.#record.metrics(),
      failures: this.#failures.all(),
      load: this.#record.load(),
      ...(closeUp ? { closeUp } : {}),
    };
  }
}
