import type { Share, Stage } from '@marteau/shared';
import type { FailureGroup, Measurements, StoppedBy } from '../schema/measurements.ts';
import type { EngineMessage } from '../schema/messages.ts';
import type { Span } from './close-up.ts';
import { FailureGroups } from './failures.ts';
import { labelsOf } from './live-labels.ts';
import { Recorder, type Second } from './recorder.ts';
import type { LoadSnapshot, Snapshot, StageStarts, Unfinished } from './snapshot.ts';
import { tickOf } from './tick.ts';
import { Windows } from './windows.ts';

/** A second is told of when all parts have handed it in, or so much later, ms. */
const TICK_LATEST_MS = 1000;

/** What one part of an engine (a thread, a program) hands in at a time. */
export interface Batch {
  /** All seconds before this one are complete. */
  readonly through: number;
  readonly snapshots: readonly Snapshot[];
  readonly unfinished: readonly Unfinished[];
  /** One a second, from where the last batch ended. */
  readonly load: readonly LoadSnapshot[];
  readonly starts: readonly StageStarts[];
  readonly failures: readonly FailureGroup[];
}

export interface ShareRecorderOptions {
  readonly share: Share;
  /** How many hand in batches. */
  readonly parts: number;
  /** Moment 0 of the load, ms since 1970. */
  readonly startedAt: number;
  /** A second that is not complete is told of so much later, ms; a second later unless given. */
  readonly latestMs?: number;
  /** What is kept second by second, too; s. */
  readonly close: readonly Span[];
  /** Whether each second is told label by label, too. */
  readonly perLabel?: boolean;
  tell(message: EngineMessage): void;
  /**
   * A second to which nothing will be added any more, and the stages that were recorded in it.
   * @returns why the load has to stop now; null while it need not
   */
  judge(second: Second, stages: readonly Stage[]): StoppedBy | null;
}

/** What an engine measured of a share, added up second by second, and told of as it comes. */
export class ShareRecorder {
  readonly windows = new Windows();
  readonly #options: ShareRecorderOptions;
  readonly #recorder: Recorder;
  readonly #failures = new FailureGroups();
  /** By part: all seconds before this one are complete. */
  readonly #through: number[];
  #ticked = 0;
  #judged = 0;

  constructor(options: ShareRecorderOptions) {
    this.#options = options;
    this.#recorder = new Recorder(this.windows, options.close);
    this.#through = Array.from({ length: options.parts }, () => 0);
  }

  /** All parts have handed in the seconds before this one. */
  get complete(): number {
    return Math.min(...this.#through);
  }

  add(part: number, { through, snapshots, load, starts, unfinished, failures }: Batch): void {
    this.#through[part] = through;
    this.#recorder.add(snapshots, load, starts);
    for (const each of unfinished) this.#recorder.addUnfinished(each);
    for (const count of failures) {
      const group = this.#failures.add(count);
      if (group) this.#options.tell({ type: 'failure', group });
    }
  }

  /**
   * Tells of the seconds that are complete, or overdue; judges and closes those that are complete.
   * @param now ms since the load began
   * @returns why the load has to stop now; null while it need not
   */
  tick(now: number): StoppedBy | null {
    const { share, startedAt, tell, judge, perLabel = false, latestMs = TICK_LATEST_MS } = this.#options;
    const { complete } = this;
    const overdue = Math.floor((now - latestMs) / 1000);
    for (; this.#ticked < Math.max(complete, overdue); this.#ticked += 1) {
      const recording = this.windows.isRecording(this.#ticked);
      const stage = this.windows.stageOf(this.#ticked);
      const facts = { startedAt, share: share.index, of: share.of, stage, recording };
      const second = this.#recorder.second(this.#ticked);
      tell(tickOf(second, facts));
      const labels = perLabel ? labelsOf(second) : null;
      if (labels !== null) tell(labels);
    }
    for (const { stage, phase, at } of this.windows.news(now))
      tell({ type: 'stage', stage, phase, at: startedAt + at });
    let stopped: StoppedBy | null = null;
    for (; this.#judged < complete; this.#judged += 1) {
      const stages = this.windows.recordedIn(this.#judged);
      stopped ??= judge(this.#recorder.second(this.#judged), stages);
    }
    this.#recorder.close(complete);
    return stopped;
  }

  /** Everything was handed in. */
  written(): Pick<Measurements, 'steps' | 'labels' | 'metrics' | 'load' | 'closeUp' | 'failures'> {
    this.#recorder.closeAll();
    const closeUp = this.#recorder.closeUp();
    return {
      steps: this.windows
        .written()
        .map((step) => ({ ...step, starts: this.#recorder.starts(step.plan.index) })),
      labels: this.#recorder.labels(),
      metrics: this.#recorder.metrics(),
      failures: this.#failures.all(),
      load: this.#recorder.load(),
      ...(closeUp ? { closeUp } : {}),
    };
  }
}
