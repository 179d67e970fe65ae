import {
  addStarts,
  type FailureGroup,
  type LabelSnapshot,
  LabelTally,
  type LoadSnapshot,
  type Measurements,
  most,
  noStarts,
  readHistograms,
  type Second,
  ShareRecorder,
  type Snapshot,
  StopIf,
  type StoppedBy,
  type Times,
} from '@marteau/measure';
import type { Stage } from '@marteau/shared';
import type { EngineShare, Running } from './engine.ts';
import type { Counted, Observation } from './observation.ts';

/** Cuts observations into seconds and stages, and hands them to the recorder. */
export class Book {
  readonly #share: EngineShare;
  readonly #startedAt: number;
  readonly #running: Running;
  readonly #stop: () => void;
  readonly #recorder: ShareRecorder;
  readonly #stopIf: StopIf;
  readonly #limits: Measurements['generator']['limits'] = [];
  readonly #notes = new Set<string>();
  /** By second, stage, kind and name. */
  readonly #tallies = new Map<string, { second: number; stage: number; tally: LabelTally }>();
  readonly #load = new Map<number, LoadSnapshot>();
  #snapshots: Snapshot[] = [];
  #failures: FailureGroup[] = [];
  #stages: { readonly stage: Stage; readonly at: number }[] = [];
  #through = 0;
  #stoppedBy: StoppedBy | undefined;

  constructor(share: EngineShare, running: Running, startedAt: number, stop: () => void) {
    this.#share = share;
    this.#running = running;
    this.#startedAt = startedAt;
    this.#stop = stop;
    const { stopIf, apdexUs } = share.file;
    this.#stopIf = new StopIf(stopIf, { scale: share.share.of, apdexUs });
    this.#recorder = new ShareRecorder({
      share: share.share,
      parts: 1,
      startedAt,
      close: [],
      tell: (message) => running.onMessage(message),
      judge: (second, stages) => this.#judge(second, stages),
    });
  }

  observe(seen: Observation): void {
    switch (seen.type) {
      case 'sample': {
        const tally = this.#tallyOf(Math.floor(seen.at / 1000), this.#stageAt(seen.at), seen);
        tally.count(seen.time / 1000, null, seen.isError ?? false);
        if (seen.kind === 'request')
          tally.outcome(seen.outcome ?? '', seen.isError ?? false, seen.bytesIn ?? 0, seen.bytesOut ?? 0);
        break;
      }
      case 'histogram':
        this.#snapshots.push({
          second: seen.second,
          stage: this.#stageAt(seen.second * 1000),
          recorded: true,
          labels: [labelOf(seen)],
          metrics: [],
        });
        break;
      case 'load':
        this.#load.set(seen.second, { ...idle, ...this.#load.get(seen.second), ...withoutType(seen) });
        break;
      case 'stage':
        this.#begin(seen.stage, seen.at);
        break;
      case 'failure':
        this.#failures.push(groupOf(seen, this.#stageAt(seen.at)));
        break;
      case 'limit':
        this.#limits.push(seen.limit);
        break;
      case 'through':
        this.#through = Math.max(this.#through, seen.second);
        break;
      case 'note':
        if (this.#notes.size < most.notes) this.#notes.add(seen.text.slice(0, most.text));
        this.#running.onMessage({ type: 'note', text: seen.text });
    }
  }

  /** Hands in what is complete, and ends the load where a threshold of `stopIf` wants it. */
  tick(through = this.#through): void {
    const done = [...this.#tallies].filter(([, { second }]) => second < through);
    for (const [key, { second, stage, tally }] of done) {
      this.#tallies.delete(key);
      this.#snapshots.push({ second, stage, recorded: true, labels: [tally.take()], metrics: [] });
    }
    const load = [...this.#load.values()].filter(({ second }) => second < through);
    for (const { second } of load) this.#load.delete(second);
    const [snapshots, failures] = [this.#snapshots, this.#failures];
    this.#snapshots = [];
    this.#failures = [];
    const starts = load.map(({ second, offered, dropped, userFailures }) => ({
      ...noStarts,
      second,
      stage: this.#stageAt(second * 1000),
      planned: offered,
      dropped,
      userFailures,
    }));
    this.#recorder.add(0, { through, snapshots, load, starts, unfinished: [], failures });
    const stopped = this.#recorder.tick(Date.now() - this.#startedAt);
    if (stopped === null || this.#stoppedBy) return;
    this.#stoppedBy = stopped;
    this.#running.onMessage({ type: 'stopped', ...stopped });
    this.#stop();
  }

  written(engine: Measurements['engine'], startedAt: number, cpuSeconds: number): Measurements {
    const end = Date.now() - this.#startedAt;
    if (this.#stoppedBy) this.#recorder.windows.cut(end);
    else this.#recorder.windows.end(0, end);
    this.tick(Math.ceil(end / 1000));
    const models = new Set(this.#stages.map(({ stage }) => stage.model).filter((model) => model !== 'pause'));
    return {
      v: 1,
      engine,
      share: this.#share.share,
      node: this.#share.node,
      model: models.size > 1 ? 'mixed' : models.has('open') ? 'open' : 'closed',
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date().toISOString(),
      stopped: this.#stoppedBy !== undefined,
      ...(this.#stoppedBy ? { stoppedBy: this.#stoppedBy } : {}),
      ...this.#recorder.written(),
      notes: [...this.#notes],
      generator: { threads: 1, cpuSeconds, limits: this.#limits },
    };
  }

  /** A stage ends where the next one begins, and the last one with the load. */
  #begin(stage: Stage, at: number): void {
    this.#recorder.windows.end(0, at);
    this.#stages.push({ stage, at });
    this.#recorder.windows.add(0, [{ stage, at, begin: at, end: Number.POSITIVE_INFINITY }]);
  }

  #stageAt(at: number): number {
    return this.#stages.findLast((one) => one.at <= at)?.stage.index ?? 0;
  }

  #tallyOf(second: number, stage: number, { kind, name }: Counted): LabelTally {
    const key = `${second} ${stage} ${kind} ${name}`;
    const known = this.#tallies.get(key)?.tally;
    if (known) return known;
    const tally = new LabelTally(kind, name);
    this.#tallies.set(key, { second, stage, tally });
    return tally;
  }

  #judge({ second, snapshots, load, starts: all }: Second, stages: readonly Stage[]): StoppedBy | null {
    const started = load.reduce((sum, one) => sum + one.started, 0);
    for (const stage of stages) {
      const labels = snapshots.filter((one) => one.stage === stage.index).flatMap((one) => one.labels);
      const starts = addStarts(all.filter((each) => each.stage === stage.index));
      const stopped = this.#stopIf.second(
        stage,
        { labels, metrics: [], started, starts },
        (second + 1) * 1000,
      );
      if (stopped) return stopped;
    }
    return null;
  }
}

const idle: LoadSnapshot = {
  second: 0,
  users: 0,
  offered: 0,
  started: 0,
  late: 0,
  dropped: 0,
  userFailures: 0,
  cpu: 0,
  loopDelay: 0,
  sockets: 0,
  gc: 0,
  between: 0,
};

function withoutType<T extends { type: string }>({ type: _, ...rest }: T): Omit<T, 'type'> {
  return rest;
}

function labelOf(seen: Extract<Observation, { type: 'histogram' }>): LabelSnapshot {
  const { kind, name, histogram, errorHistogram = '', outcome = '', bytesIn = 0, bytesOut = 0 } = seen;
  const [time, errors] = [histogram, errorHistogram].map((text) => readHistograms([text])) as [Times, Times];
  const isRequest = kind === 'request';
  const some = (count: number): Record<string, number> =>
    isRequest && count > 0 ? { [outcome]: count } : {};
  const [outcomes, errorKinds] = [some(time.count), some(errors.count)];
  const errorTime = errors.count > 0 ? errors : null;
  return { kind, name, time, service: null, errorTime, outcomes, errorKinds, bytesIn, bytesOut, phases: {} };
}

function groupOf(
  { at, test, message }: Extract<Observation, { type: 'failure' }>,
  stage: number,
): FailureGroup {
  return {
    kind: 'failure',
    test,
    label: '',
    message,
    source: null,
    sourceText: null,
    count: 1,
    first: at,
    last: at,
    byStep: { [stage]: 1 },
    samples: [{ at, user: 0, detail: message }],
  };
}
