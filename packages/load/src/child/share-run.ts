import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { addPeers, type Measurements, type PeerFacts, type StoppedBy } from '@marteau/measure';
import type { Plan } from '@marteau/shared';
import { GeneratorHealth, gateLength } from '../judge/generator-health.ts';
import { whole } from '../plan/portion.ts';
import { type Laid, lanesOf, type Stretch } from '../plan/stretch.ts';
import { mostUsersOf } from '../plan/users.ts';
import { Waits } from '../plan/waits.ts';
import type { FromThread, LaneJob } from '../thread/messages.ts';
import type { ChildJob } from './job.ts';
import { Overseer } from './overseer.ts';
import type { Parent } from './parent.ts';
import { Recording } from './recording.ts';
import { runPlan, type Stage } from './schedule.ts';
import { runSearch, type SearchStage } from './search.ts';
import type { Thread } from './thread.ts';

/** Between hearing that the load begins and its begin, where no moment is given: time for the threads to hear it too. */
const LEAD_MS = 100;
const LOOK_MS = 100;
/** Users who leave later than this after a step make a pause that wants an explanation. */
const LONG_LEAVING_S = 2;

/** One share's load, from its start to its measurements: sends the threads through the plan and merges what they say. */
export class ShareRun {
  readonly #job: ChildJob;
  readonly #plan: Plan;
  readonly #parent: Parent;
  readonly #threads: readonly Thread[];
  readonly #overseer: Overseer;
  readonly #recording: Recording;
  readonly #notes = new Set<string>();
  readonly #waits = new Waits(() => this.#now);
  readonly #joined: { left: number; end: number; done: () => void }[] = [];
  readonly #zero: bigint;
  readonly #startedAt: number;
  readonly #cpuSeconds: number[] = [];
  readonly #peers: PeerFacts[] = [];
  #search: Measurements['search'];
  #stoppedBy: StoppedBy | null = null;
  #stopped = false;
  #finished!: () => void;

  /** @param startAt ms since 1970; null for at once */
  constructor(job: ChildJob, plan: Plan, parent: Parent, threads: readonly Thread[], startAt: number | null) {
    this.#job = job;
    this.#plan = plan;
    this.#parent = parent;
    this.#threads = threads;
    const now = preciseNow();
    this.#startedAt = startAt ?? Math.ceil(now + LEAD_MS);
    this.#zero = process.hrtime.bigint() + BigInt(Math.round((this.#startedAt - now) * 1e6));
    const circumstances = { scale: job.share.of, apdexUs: job.apdexUs };
    const health = new GeneratorHealth(threads.length, gateLength(shortestStep(plan), job.search !== null));
    this.#overseer = new Overseer(job.stopIf, circumstances, health);
    this.#recording = new Recording(job, parent, this.#overseer, this.#startedAt);
  }

  /** Runs the plan to its end, writes the measurements down, and says so. */
  async run(): Promise<void> {
    for (const thread of this.#threads) thread.send({ type: 'zero', at: this.#zero });
    // After what has arrived: a process that was held up looks at the clock before it looks at its messages.
    const ticking = setInterval(() => setImmediate(() => this.#tick()), LOOK_MS);
    const { search } = this.#job;
    if (search) this.#search = await runSearch(this.#plan, search, this.#searchStage());
    else await runPlan(this.#plan, this.#stage());
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
    this.#recording.windows.cut(this.#now);
    for (const thread of this.#threads) thread.send({ type: 'stop' });
  }

  message(thread: Thread, message: FromThread): void {
    const index = this.#threads.indexOf(thread);
    switch (message.type) {
      case 'measured':
        this.#recording.add(index, message);
        this.#tick();
        break;
      case 'joined': {
        const joined = this.#joined[message.lane]!;
        joined.left -= 1;
        joined.end = Math.max(joined.end, message.end);
        if (joined.left === 0) this.#endStretch(message.lane, joined.end, joined.done);
        break;
      }
      case 'exchange':
        this.#parent.send(message);
        break;
      case 'note':
        this.#note(message.text);
        break;
      case 'finished':
        thread.finished = true;
        this.#cpuSeconds[index] = message.cpuSeconds;
        this.#peers[index] = message.peer;
        if (this.#threads.every(({ finished }) => finished)) this.#finished();
        break;
    }
  }

  #stage(): Stage {
    return {
      now: () => this.#now,
      alone: this.#job.share.of === 1,
      until: (moment) => this.#waits.until(() => (this.#stopped ? 0 : moment)),
      isStopped: () => this.#stopped,
      run: (lane, stretch, laid, begin) => this.#runStretch(lane, stretch, laid, begin),
    };
  }

  #searchStage(): SearchStage {
    const { while: thresholds } = this.#job.search!;
    return {
      ...this.#stage(),
      beginProbe: (step) => this.#overseer.beginProbe(step, thresholds),
      endProbe: async (end) => {
        const second = Math.ceil(end / 1000);
        // What is asked for again whenever a second is complete.
        await this.#waits.until(() => (this.#stopped || this.#recording.complete >= second ? 0 : Infinity));
        return this.#overseer.endProbe();
      },
      say: (text) => this.#parent.send({ type: 'note', text }),
    };
  }

  #runStretch(lane: number, stretch: Stretch, laid: readonly Laid[], begin: number): Promise<void> {
    this.#recording.windows.add(lane, laid);
    const joined = new Promise<void>((done) => {
      this.#joined[lane] = { left: this.#threads.length, end: 0, done };
    });
    for (const thread of this.#threads) thread.send({ type: 'stretch', lane, steps: stretch, begin });
    return joined;
  }

  /** All users of a stretch have left; where it was to last for so many iterations, its window ends with the last. */
  #endStretch(lane: number, end: number, done: () => void): void {
    if (this.#recording.windows.end(lane, end))
      for (const thread of this.#threads) thread.send({ type: 'cut', lane, at: end });
    const seconds = Math.round((this.#now - end) / 1000);
    if (seconds >= LONG_LEAVING_S)
      this.#note(
        `After a step it took ${seconds} s until all users had left, because iterations or after hooks were still running.`,
      );
    done();
  }

  #note(text: string): void {
    if (this.#notes.has(text)) return;
    this.#notes.add(text);
    this.#parent.send({ type: 'note', text });
  }

  #tick(): void {
    const before = this.#recording.complete;
    const stopped = this.#recording.tick(this.#now);
    if (this.#recording.complete > before || this.#job.search) this.#waits.look();
    if (!stopped || this.#stopped) return;
    this.#stoppedBy = stopped;
    this.#parent.send({ type: 'stopped', ...stopped });
    this.stop();
  }

  get #now(): number {
    return Number(process.hrtime.bigint() - this.#zero) / 1e6;
  }

  #handIn(): void {
    const json = JSON.stringify(this.#measurements());
    const { file, node } = this.#job;
    try {
      writeFileSync(`${file}.part`, json);
      renameSync(`${file}.part`, file);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!['ENOSPC', 'EDQUOT'].includes(code)) throw error;
      this.#parent.fail('node-disk-full', { node });
      return;
    }
    this.#parent.send({ type: 'done', sha256: createHash('sha256').update(json).digest('hex') }, () =>
      process.exit(0),
    );
  }

  #measurements(): Measurements {
    const { engine, share, node, threads } = this.#job;
    const models = new Set(this.#plan.steps.map(({ model }) => model).filter((model) => model !== 'pause'));
    const { health } = this.#overseer;
    return {
      v: 1,
      engine,
      share,
      node,
      model: models.size > 1 ? 'mixed' : models.has('open') ? 'open' : 'closed',
      startedAt: new Date(this.#startedAt).toISOString(),
      endedAt: new Date().toISOString(),
      stopped: this.#stopped,
      ...(this.#stoppedBy ? { stoppedBy: this.#stoppedBy } : {}),
      ...(this.#search ? { search: this.#search } : {}),
      ...this.#recording.written(),
      peer: addPeers(this.#peers),
      notes: [...this.#notes],
      generator: {
        threads,
        cpuSeconds: this.#cpuSeconds.reduce((sum, seconds) => sum + seconds, 0),
        // A search goes on until something gives; where a rate held, that is its answer and no reason to doubt it.
        limits: this.#search?.holds ? [] : health.limits(),
        each: health.each(this.#cpuSeconds),
      },
    };
  }
}

/** What the threads have to know of the lanes of a plan beforehand, in order. */
export function lanesFor(plan: Plan | null): LaneJob[] {
  if (!plan) return [];
  return lanesOf(plan).map(({ test, stretches }) => {
    const steps = stretches.flat();
    return { test, users: mostUsersOf(steps, whole), paced: steps.some(({ model }) => model === 'open') };
  });
}

/** ms since 1970, to the microsecond; whole ones where the wall clock was set since this process began. */
function preciseNow(): number {
  const precise = performance.timeOrigin + performance.now();
  const coarse = Date.now();
  return Math.abs(precise - coarse) < 5 ? precise : coarse;
}

/** Seconds of the shortest step that is recorded. */
function shortestStep({ steps }: Plan): number {
  return Math.min(...steps.filter(({ recorded }) => recorded).map(({ durationMs }) => durationMs / 1000));
}
