import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import {
  addConnections,
  addPeers,
  type HttpConnections,
  type Measurements,
  most,
  type PeerFacts,
  type ScheduledStage,
  ShareRecorder,
  type StoppedBy,
} from '@marteau/measure';
import { type LoadChange, type Plan, type Segment, scenariosOf } from '@marteau/shared';
import { RateLimit, type SharedRate } from '../fetch/rate-limit.ts';
import { GeneratorHealth, gateLength } from '../judge/generator-health.ts';
import { WallClock } from '../judge/wall-clock.ts';
import { changed } from '../plan/change.ts';
import { whole } from '../plan/exact-part.ts';
import { mostUsersOf } from '../plan/users.ts';
import { Waits } from '../plan/waits.ts';
import type { FromThread, ScenarioJob } from '../thread/messages.ts';
import type { ChildJob } from './job.ts';
import { Overseer } from './overseer.ts';
import type { Parent } from './parent.ts';
import { type Conductor, runPlan } from './schedule.ts';
import { runSearch, type SearchConductor } from './search.ts';
import type { Thread } from './thread.ts';

// Above 250 lines: one share from its start to its measurements; every part of it speaks with the same threads and recorder.

/** Between hearing that the load begins and its begin, where no moment is given: time for the threads to hear it too. */
const LEAD_MS = 100;
const LOOK_MS = 100;
/** Users who leave later than this after a stage make a pause that wants an explanation. */
const LONG_LEAVING_S = 2;

interface Running {
  readonly threads: readonly Thread[];
  readonly rates: readonly SharedRate[];
  /** ms since 1970; null for at once */
  readonly startAt: number | null;
}

/** One share's load, from its start to its measurements: sends the threads through the plan and merges what they say. */
export class ShareRun {
  readonly #job: ChildJob;
  readonly #plan: Plan;
  readonly #parent: Parent;
  readonly #threads: readonly Thread[];
  readonly #overseer: Overseer;
  readonly #recorder: ShareRecorder;
  readonly #wallClock = new WallClock();
  readonly #notes = new Set<string>();
  readonly #waits = new Waits(() => this.#now);
  readonly #joined: { left: number; end: number; done: () => void }[] = [];
  /** By scenario: the segment that runs, or ran last. */
  readonly #scheduled: (readonly ScheduledStage[])[] = [];
  readonly #zero: bigint;
  readonly #startedAt: number;
  readonly #rates: { readonly place: string; readonly limit: RateLimit; seen: number }[];
  readonly #cpuSeconds: number[] = [];
  readonly #peers: PeerFacts[] = [];
  readonly #connections: HttpConnections[] = [];
  #search: Measurements['search'];
  #stoppedBy: StoppedBy | null = null;
  #stopped = false;
  #finished!: () => void;

  constructor(job: ChildJob, plan: Plan, parent: Parent, { threads, rates, startAt }: Running) {
    this.#job = job;
    this.#plan = plan;
    this.#parent = parent;
    this.#threads = threads;
    const now = preciseNow();
    this.#startedAt = startAt ?? Math.ceil(now + LEAD_MS);
    this.#zero = process.hrtime.bigint() + BigInt(Math.round((this.#startedAt - now) * 1e6));
    const circumstances = { scale: job.share.of, apdexUs: job.apdexUs };
    const health = new GeneratorHealth(threads.length, gateLength(shortestStage(plan), job.search !== null));
    this.#rates = rates.map((each) => ({ ...each, limit: new RateLimit(each), seen: 0 }));
    this.#overseer = new Overseer(job.stopIf, circumstances, health);
    this.#recorder = new ShareRecorder({
      share: job.share,
      parts: job.threads,
      startedAt: this.#startedAt,
      close: job.close,
      perLabel: job.perLabel,
      tell: (message) => parent.send(message),
      judge: (second, stages) => this.#overseer.second(second, stages),
    });
  }

  /** Runs the plan to its end, writes the measurements down, and says so. */
  async run(): Promise<void> {
    for (const thread of this.#threads) thread.send({ type: 'zero', at: this.#zero });
    // After what has arrived: a process that was held up looks at the clock before it looks at its messages.
    const ticking = setInterval(() => setImmediate(() => this.#tick()), LOOK_MS);
    const { search } = this.#job;
    if (search) this.#search = await runSearch(this.#plan, search, this.#searchConductor());
    else await runPlan(this.#plan, this.#conductor());
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
    this.#recorder.windows.cut(this.#now);
    for (const thread of this.#threads) thread.send({ type: 'stop' });
  }

  /**
   * Another load from a moment on, which lies ahead; what of it cannot be done is said.
   * @param number which of the run's changes it is: with it all shares number the stages that come of it alike
   */
  change(number: number, { second, ...change }: LoadChange): void {
    if (this.#stopped || this.#job.search) return;
    const at = Math.max(second, Math.ceil((this.#now + LEAD_MS) / 1000)) * 1000;
    const results = this.#scheduled.map((scheduled, scenario) => {
      const index = this.#plan.steps.length + number * this.#scheduled.length + scenario;
      const result = changed(scheduled, { ...change, at }, index);
      if ('scheduled' in result) this.#follow(scenario, result.scheduled, at);
      return result;
    });
    const said = results.flatMap((result) => ('said' in result ? [result.said] : []));
    const refused = results.flatMap((result) => ('refused' in result ? [result.refused] : []));
    if (said.length > 0) for (const each of said) this.#note(each);
    else this.#note(`The load was not changed as somebody asked: ${[...new Set(refused)].join('; ')}.`);
  }

  #follow(scenario: number, scheduled: readonly ScheduledStage[], at: number): void {
    this.#scheduled[scenario] = scheduled;
    this.#recorder.windows.follow(scenario, scheduled, at);
    for (const thread of this.#threads) thread.send({ type: 'follow', scenario, scheduled, at });
  }

  message(thread: Thread, message: FromThread): void {
    const index = this.#threads.indexOf(thread);
    switch (message.type) {
      case 'measured':
        this.#recorder.add(index, message);
        for (const each of message.load)
          this.#overseer.health.add(index, each, this.#recorder.windows.isRecording(each.second));
        if (index === 0) this.#lookAtRates(message.through - 1);
        this.#tick();
        break;
      case 'joined': {
        const joined = this.#joined[message.scenario]!;
        joined.left -= 1;
        joined.end = Math.max(joined.end, message.end);
        if (joined.left === 0) this.#endSegment(message.scenario, joined.end, joined.done);
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
        this.#connections[index] = message.connections;
        if (this.#threads.every(({ finished }) => finished)) this.#finished();
        break;
    }
  }

  /** Whether requests had to wait long for what their hosts allow, in the second that is over. */
  #lookAtRates(second: number): void {
    for (const rate of this.#rates) {
      const { waited } = rate.limit;
      if (waited > rate.seen && this.#recorder.windows.isRecording(second))
        this.#overseer.health.waitedForConsent(second, rate.place);
      rate.seen = waited;
    }
  }

  #conductor(): Conductor {
    return {
      now: () => this.#now,
      alone: this.#job.share.of === 1,
      until: (moment) => this.#waits.until(() => (this.#stopped ? 0 : moment)),
      isStopped: () => this.#stopped,
      run: (scenario, segment, scheduled, begin) => this.#runSegment(scenario, segment, scheduled, begin),
    };
  }

  #searchConductor(): SearchConductor {
    const { while: thresholds } = this.#job.search!;
    return {
      ...this.#conductor(),
      beginProbe: (stage) => this.#overseer.beginProbe(stage, thresholds),
      endProbe: async (end) => {
        const second = Math.ceil(end / 1000);
        // What is asked for again whenever a second is complete.
        await this.#waits.until(() => (this.#stopped || this.#recorder.complete >= second ? 0 : Infinity));
        return this.#overseer.endProbe();
      },
      say: (text) => this.#parent.send({ type: 'note', text }),
    };
  }

  #runSegment(
    scenario: number,
    segment: Segment,
    scheduled: readonly ScheduledStage[],
    begin: number,
  ): Promise<number> {
    this.#scheduled[scenario] = scheduled;
    this.#recorder.windows.add(scenario, scheduled);
    const { promise: joined, resolve: done } = Promise.withResolvers<void>();
    this.#joined[scenario] = { left: this.#threads.length, end: 0, done };
    for (const thread of this.#threads) thread.send({ type: 'segment', scenario, stages: segment, begin });
    return joined.then(() => this.#scheduled[scenario]!.at(-1)!.end);
  }

  /** All users of a segment have left; where it was to last for so many iterations, its window ends with the last. */
  #endSegment(scenario: number, end: number, done: () => void): void {
    if (this.#recorder.windows.end(scenario, end))
      for (const thread of this.#threads) thread.send({ type: 'cut', scenario, at: end });
    const seconds = Math.round((this.#now - end) / 1000);
    if (seconds >= LONG_LEAVING_S)
      this.#note(
        `After a stage it took ${seconds} s until all users had left, because iterations or after hooks were still running.`,
      );
    done();
  }

  #note(whole: string): void {
    const text = whole.slice(0, most.text);
    if (this.#notes.has(text) || this.#notes.size >= most.notes) return;
    this.#notes.add(text);
    this.#parent.send({ type: 'note', text });
  }

  #tick(): void {
    const jump = this.#wallClock.jump();
    if (jump !== 0) this.#overseer.health.clockJumped(jump, this.#now);
    const before = this.#recorder.complete;
    const stopped = this.#recorder.tick(this.#now);
    if (this.#recorder.complete > before || this.#job.search) this.#waits.look();
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
      ...this.#recorder.written(),
      peer: addPeers(this.#peers),
      connections: addConnections(this.#connections),
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

/** What the threads have to know of the scenarios of a plan beforehand, in order. */
export function scenarioJobs(plan: Plan | null): ScenarioJob[] {
  if (!plan) return [];
  return scenariosOf(plan).map(({ test, segments }) => {
    const stages = segments.flat();
    return { test, users: mostUsersOf(stages, whole), paced: stages.some(({ model }) => model === 'open') };
  });
}

/** ms since 1970, to the microsecond; whole ones where the wall clock was set since this process began. */
function preciseNow(): number {
  const precise = performance.timeOrigin + performance.now();
  const coarse = Date.now();
  return Math.abs(precise - coarse) < 5 ? precise : coarse;
}

/** Seconds of the shortest stage that is recorded. */
function shortestStage({ steps: stages }: Plan): number {
  return Math.min(...stages.filter(({ recorded }) => recorded).map(({ durationMs }) => durationMs / 1000));
}
