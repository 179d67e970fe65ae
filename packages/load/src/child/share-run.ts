import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import type { Measurements, Plan } from '@marteau/shared';
import { FailureGroups } from '../measure/failures.ts';
import { RunRecord } from '../measure/run-record.ts';
import { lanesOf } from '../plan/stretch.ts';
import { Waits } from '../plan/waits.ts';
import type { FromThread, LaneJob } from '../thread/messages.ts';
import type { ChildJob } from './job.ts';
import type { Parent } from './parent.ts';
import { runPlan } from './schedule.ts';
import type { Thread } from './thread.ts';
import { tickOf } from './ticks.ts';
import { Windows } from './windows.ts';

/** Between hearing that the load begins and its begin, where no moment is given: time for the threads to hear it too. */
const LEAD_MS = 100;
/** A second is told of when all threads have handed it in, or so much later, ms. */
const TICK_LATEST_MS = 1000;
const LOOK_MS = 100;

/** One share's load, from its start to its measurements: sends the threads through the plan and merges what they say. */
export class ShareRun {
  readonly #job: ChildJob;
  readonly #plan: Plan;
  readonly #parent: Parent;
  readonly #threads: readonly Thread[];
  readonly #windows = new Windows();
  readonly #record = new RunRecord(this.#windows.isFull);
  readonly #failures = new FailureGroups();
  readonly #notes = new Set<string>();
  readonly #waits = new Waits(() => this.#now);
  readonly #joined: { left: number; end: number; done: () => void }[] = [];
  readonly #zero: bigint;
  readonly #startedAt: number;
  #ticked = 0;
  #stopped = false;
  #cpuSeconds = 0;
  #finished!: () => void;

  /** @param startAt ms since 1970; null for at once */
  constructor(job: ChildJob, plan: Plan, parent: Parent, threads: readonly Thread[], startAt: number | null) {
    this.#job = job;
    this.#plan = plan;
    this.#parent = parent;
    this.#threads = threads;
    const now = Date.now();
    this.#startedAt = startAt ?? now + LEAD_MS;
    this.#zero = process.hrtime.bigint() + BigInt(Math.round((this.#startedAt - now) * 1e6));
  }

  /** Runs the plan to its end, writes the measurements down, and says so. */
  async run(): Promise<void> {
    for (const thread of this.#threads) thread.send({ type: 'zero', at: this.#zero });
    // After what has arrived: a process that was held up looks at the clock before it looks at its messages.
    const ticking = setInterval(() => setImmediate(() => this.#tick()), LOOK_MS);
    await runPlan(this.#plan, {
      now: () => this.#now,
      alone: this.#job.share.of === 1,
      until: (moment) => this.#waits.until(() => (this.#stopped ? 0 : moment)),
      isStopped: () => this.#stopped,
      run: (lane, stretch, laid, begin) => {
        this.#windows.add(lane, laid);
        const joined = new Promise<void>((done) => {
          this.#joined[lane] = { left: this.#threads.length, end: 0, done };
        });
        for (const thread of this.#threads) thread.send({ type: 'stretch', lane, steps: stretch, begin });
        return joined;
      },
    });
    const finished = new Promise<void>((resolve) => {
      this.#finished = resolve;
    });
    for (const thread of this.#threads) thread.send({ type: 'finish' });
    await finished;
    clearInterval(ticking);
    this.#handIn();
  }

  /** Ends the load now and keeps what was measured. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#waits.look();
    this.#windows.cut(this.#now);
    for (const thread of this.#threads) thread.send({ type: 'stop' });
  }

  message(thread: Thread, message: FromThread): void {
    switch (message.type) {
      case 'measured':
        thread.through = message.through;
        this.#record.add(message.pieces, message.load ? [message.load] : []);
        for (const unfinished of message.unfinished) this.#record.addUnfinished(unfinished);
        for (const count of message.failures) {
          const group = this.#failures.add(count);
          if (group) this.#parent.send({ type: 'failure', group });
        }
        this.#tick();
        break;
      case 'joined': {
        const joined = this.#joined[message.lane]!;
        joined.left -= 1;
        joined.end = Math.max(joined.end, message.end);
        if (joined.left === 0) this.#endStretch(message.lane, joined.end, joined.done);
        break;
      }
      case 'note':
        if (this.#notes.has(message.text)) break;
        this.#notes.add(message.text);
        this.#parent.send({ type: 'note', text: message.text });
        break;
      case 'finished':
        thread.finished = true;
        this.#cpuSeconds += message.cpuSeconds;
        if (this.#threads.every(({ finished }) => finished)) this.#finished();
        break;
    }
  }

  /** All users of a stretch have left; where it was to last for so many iterations, its window ends with the last. */
  #endStretch(lane: number, end: number, done: () => void): void {
    if (this.#windows.end(lane, end))
      for (const thread of this.#threads) thread.send({ type: 'cut', lane, at: end });
    done();
  }

  get #now(): number {
    return Number(process.hrtime.bigint() - this.#zero) / 1e6;
  }

  /** Tells of the seconds that are complete, or overdue; closes those that are complete. */
  #tick(): void {
    const complete = Math.min(...this.#threads.map(({ through }) => through));
    const overdue = Math.floor((this.#now - TICK_LATEST_MS) / 1000);
    for (; this.#ticked < Math.max(complete, overdue); this.#ticked += 1) {
      const { index: share, of } = this.#job.share;
      const facts = {
        startedAt: this.#startedAt,
        share,
        of,
        recording: this.#windows.isRecording(this.#ticked),
      };
      this.#parent.send(tickOf(this.#record.second(this.#ticked), facts));
    }
    this.#record.close(complete);
  }

  #handIn(): void {
    this.#record.closeAll();
    const json = JSON.stringify(this.#measurements());
    const { file } = this.#job;
    writeFileSync(`${file}.part`, json);
    renameSync(`${file}.part`, file);
    this.#parent.send({ type: 'done', sha256: createHash('sha256').update(json).digest('hex') }, () =>
      process.exit(0),
    );
  }

  #measurements(): Measurements {
    const { engine, share, node, threads } = this.#job;
    const models = new Set(this.#plan.steps.map(({ model }) => model).filter((model) => model !== 'pause'));
    return {
      v: 1,
      engine,
      share,
      node,
      model: models.size > 1 ? 'mixed' : models.has('open') ? 'open' : 'closed',
      startedAt: new Date(this.#startedAt).toISOString(),
      endedAt: new Date().toISOString(),
      stopped: this.#stopped,
      steps: this.#windows.written(),
      labels: this.#record.labels(),
      metrics: this.#record.metrics(),
      failures: this.#failures.all(),
      load: this.#record.load(),
      notes: [...this.#notes],
      generator: { threads, cpuSeconds: this.#cpuSeconds, limits: [] },
    };
  }
}

/** What the threads have to know of the lanes of a plan beforehand, in order. */
export function lanesFor(plan: Plan | null): LaneJob[] {
  if (!plan) return [];
  return lanesOf(plan).map(({ test, stretches }) => ({
    test,
    paced: stretches.flat().some(({ model }) => model === 'open'),
  }));
}
