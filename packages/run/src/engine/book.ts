import {
  addStarts,
  addTo,
  type FailureGroup,
  type Label,
  type LabelKind,
  type LabelSnapshot,
  LabelTally,
  type LoadSnapshot,
  type Measurements,
  type Metric,
  MetricCount,
  most,
  noStarts,
  readHistograms,
  type Second,
  ShareRecorder,
  type Snapshot,
  type Source,
  StopIf,
  type StoppedBy,
  type Times,
} from '@marteau/measure';
import type { Stage } from '@marteau/shared';
import type { Observation } from '@marteau/tools';
import type { EngineShare, Running } from './engine.ts';
import { LabelNames } from './label-names.ts';

interface Place {
  readonly stage: number;
  readonly recorded: boolean;
}

interface OpenSecond {
  readonly second: number;
  readonly place: Place;
  readonly tallies: Map<string, LabelTally>;
  readonly metrics: Map<string, MetricCount>;
}

/** How a tool's load came to its end. */
interface Written {
  readonly engine: Measurements['engine'];
  /** ms since 1970 */
  readonly startedAt: number;
  /** Now unless given. */
  readonly endedAt?: number;
  readonly cpuSeconds: number;
  readonly source?: Omit<Source, 'known'>;
  /** It was ended before its plan was through. */
  readonly isCut?: boolean;
}

/** Clocks of one machine, and moments that are rounded up. */
const MOST_AHEAD_MS = 60_000;

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
  /** By second, stage, and whether it is recorded. */
  readonly #open = new Map<string, OpenSecond>();
  readonly #labels = new LabelNames();
  readonly #metricNames = new Set<string>();
  /** Iterations wait until their second is through: whether one threw may be told after it. */
  readonly #iterations: Extract<Observation, { type: 'sample' }>[] = [];
  /** By test: iterations that threw, and whose samples did not say so. */
  readonly #thrown = new Map<string, number>();
  readonly #totals: (Extract<Observation, { type: 'total' }> & { readonly stage: number })[] = [];
  #known: readonly number[] | null = null;
  readonly #load = new Map<number, LoadSnapshot>();
  #snapshots: Snapshot[] = [];
  #failures: FailureGroup[] = [];
  #stages: { readonly stage: Stage; readonly at: number; readonly begin: number }[] = [];
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
      latestMs: LATEST_MS,
      startedAt,
      close: [],
      tell: (message) => running.onMessage(message),
      judge: (second, stages) => this.#judge(second, stages),
    });
  }

  observe(seen: Observation): void {
    if (this.#isAhead(seen)) return;
    switch (seen.type) {
      case 'sample':
        if (seen.kind === 'test') this.#iterations.push(seen);
        else this.#sample(seen);
        break;
      case 'phase':
        addTo(this.#tallyOf(seen.at, 'request', seen.name).phases[seen.phase], seen.time / 1000);
        break;
      case 'metric':
        this.#metricOf(seen.at, seen.metric).add(seen.value);
        break;
      case 'total':
        this.#totals.push({ ...seen, stage: this.#stages.at(-1)?.stage.index ?? 0 });
        break;
      case 'quantiles':
        this.#known = seen.known;
        break;
      case 'histogram':
        this.#snapshots.push({
          second: seen.second,
          ...this.#placeAt(seen.second * 1000),
          labels: [labelOf(seen)],
          metrics: [],
        });
        break;
      case 'load':
        this.#load.set(seen.second, {
          ...idle,
          ...this.#load.get(seen.second),
          ...withoutType(seen),
          // What loops has no planned starts.
          ...(!this.#isOpenAt(seen.second * 1000) && { offered: 0 }),
        });
        break;
      case 'stage':
        this.#begin(seen.stage, seen.at, seen.begin ?? seen.at);
        break;
      case 'end':
        this.#recorder.windows.end(0, seen.at);
        break;
      case 'failure':
        this.#failures.push(groupOf(seen, this.#placeAt(seen.at).stage));
        if (seen.ends) this.#thrown.set(seen.test, (this.#thrown.get(seen.test) ?? 0) + 1);
        break;
      case 'limit':
        // A tool may confess the same twice.
        if (!this.#limits.some(({ code }) => code === seen.limit.code)) this.#limits.push(seen.limit);
        break;
      case 'through':
        this.#through = Math.max(this.#through, seen.second);
        break;
      case 'note':
        if (this.#notes.size < most.notes) this.#notes.add(seen.text.slice(0, most.text));
        this.#running.onMessage({ type: 'note', text: seen.text });
    }
  }

  /** What a tool says of the future is not so; seconds are filled up to the last that it names. */
  #isAhead(seen: Observation): boolean {
    if (seen.type === 'stage' || seen.type === 'end') return false;
    const at = 'at' in seen ? seen.at : 'second' in seen ? seen.second * 1000 : 0;
    return !(at <= Date.now() - this.#startedAt + MOST_AHEAD_MS);
  }

  /** Hands in what is complete, and ends the load where a threshold of `stopIf` wants it. */
  tick(through = this.#through): void {
    for (const iteration of this.#iterations.splice(0)) {
      if (iteration.at >= through * 1000) this.#iterations.push(iteration);
      else
        this.#sample({
          ...iteration,
          isError: this.#hasThrown(iteration.name) || iteration.isError === true,
        });
    }
    for (const [key, { second, place, tallies, metrics }] of this.#open) {
      if (second >= through) continue;
      this.#open.delete(key);
      this.#snapshots.push({
        second,
        ...place,
        labels: [...tallies.values()].map((tally) => tally.take()),
        metrics: [...metrics.values()].map((count) => count.snapshot()),
      });
    }
    const load = [...this.#load.values()].filter(({ second }) => second < through);
    for (const { second } of load) this.#load.delete(second);
    const [snapshots, failures] = [this.#snapshots, this.#failures];
    this.#snapshots = [];
    this.#failures = [];
    const starts = load.map(({ second, offered, dropped, userFailures }) => ({
      ...noStarts,
      second,
      stage: this.#placeAt(second * 1000).stage,
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

  written({ engine, startedAt, endedAt, cpuSeconds, source, isCut = false }: Written): Measurements {
    const end = (endedAt ?? Date.now()) - this.#startedAt;
    if (this.#stoppedBy || isCut) this.#recorder.windows.cut(end);
    else this.#recorder.windows.end(0, end);
    this.tick(this.#afterAll(end));
    const { labels, ...recorded } = this.#recorder.written();
    const models = new Set(this.#stages.map(({ stage }) => stage.model).filter((model) => model !== 'pause'));
    return {
      v: 1,
      engine,
      share: this.#share.share,
      node: this.#share.node,
      model: models.size > 1 ? 'mixed' : models.has('open') ? 'open' : 'closed',
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date(endedAt ?? Date.now()).toISOString(),
      stopped: this.#stoppedBy !== undefined || isCut,
      ...(this.#stoppedBy ? { stoppedBy: this.#stoppedBy } : {}),
      ...recorded,
      labels: [...labels, ...this.#totals.map(labelOfTotal)],
      ...(source && { source: { ...source, known: this.#known && [...this.#known] } }),
      notes: [...this.#notes],
      generator: { threads: 1, cpuSeconds, limits: this.#limits },
    };
  }

  /** The second after all that was told. */
  #afterAll(end: number): number {
    const seconds = [...this.#open.values(), ...this.#load.values(), ...this.#snapshots].map(
      ({ second }) => second,
    );
    const iterations = this.#iterations.map(({ at }) => at / 1000);
    const last = [...seconds, ...iterations].reduce((most, second) => Math.max(most, second), 0);
    return Math.max(Math.ceil(end / 1000), Math.floor(last) + 1);
  }

  /** A stage ends where the next one begins, and the last one with the load. */
  #begin(stage: Stage, at: number, begin: number): void {
    this.#recorder.windows.end(0, at);
    this.#stages.push({ stage, at, begin });
    this.#recorder.windows.add(0, [{ stage, at, begin, end: Number.POSITIVE_INFINITY }]);
  }

  /** In which stage a moment is, and whether it is recorded. */
  #placeAt(at: number): Place {
    const found = this.#stages.findLast((one) => one.at <= at) ?? this.#stages[0];
    if (!found) return { stage: 0, recorded: true };
    return { stage: found.stage.index, recorded: found.stage.recorded && at >= found.begin };
  }

  #isOpenAt(at: number): boolean {
    const found = this.#stages.findLast((one) => one.at <= at) ?? this.#stages[0];
    return found?.stage.model === 'open';
  }

  #sample(seen: Extract<Observation, { type: 'sample' }>): void {
    const { kind, isError = false, outcome = '', bytesIn = 0, bytesOut = 0 } = seen;
    const tally = this.#tallyOf(seen.at, kind, seen.name);
    tally.count(seen.time / 1000, null, isError);
    if (kind === 'request') tally.outcome(outcome, isError, bytesIn, bytesOut);
  }

  #hasThrown(test: string): boolean {
    const count = this.#thrown.get(test) ?? 0;
    if (count > 0) this.#thrown.set(test, count - 1);
    return count > 0;
  }

  #tallyOf(at: number, kind: LabelKind, name: string): LabelTally {
    const { tallies } = this.#openAt(at);
    const label = this.#labels.nameOf(kind, name);
    const key = `${kind} ${label}`;
    const known = tallies.get(key);
    if (known) return known;
    const tally = new LabelTally(kind, label);
    tallies.set(key, tally);
    return tally;
  }

  #metricOf(at: number, metric: Metric): MetricCount {
    const { metrics } = this.#openAt(at);
    const name = metric.name.slice(0, LONGEST_METRIC);
    const key = `${metric.kind} ${metric.unit} ${name}`;
    if (!this.#metricNames.has(key) && this.#metricNames.size >= MOST_METRICS) return new MetricCount(metric);
    this.#metricNames.add(key);
    const known = metrics.get(key) ?? new MetricCount({ ...metric, name });
    metrics.set(key, known);
    return known;
  }

  /** What is counted of the second of a moment, and of its stage. */
  #openAt(at: number): OpenSecond {
    const second = Math.max(0, Math.floor(at / 1000));
    const place = this.#placeAt(at);
    const key = `${second} ${place.stage} ${place.recorded}`;
    const known = this.#open.get(key);
    if (known) return known;
    const made = { second, place, tallies: new Map(), metrics: new Map() };
    this.#open.set(key, made);
    return made;
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

/** What tools tell comes in pieces, and a second is through when others after it have begun. */
const LATEST_MS = 4000;

/** Of a tool's own metrics so many are kept, and so much of a name. */
const MOST_METRICS = 100;
const LONGEST_METRIC = 200;

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

function labelOfTotal({
  stage,
  kind,
  name,
  count,
  errors,
  time,
  outcomes,
  bytesIn,
}: Extract<Observation, { type: 'total' }> & { readonly stage: number }): Label {
  const nothing = { unfinished: 0, oldestUnfinished: 0, service: null, bytesOut: 0, phases: {}, peak: 0 };
  const stats = { step: stage, count, errors, time, outcomes: { ...outcomes }, bytesIn, ...nothing };
  return { kind, name, steps: [stats], series: [] };
}

function groupOf(
  { at, test, message: told, kind = 'failure', label = '' }: Extract<Observation, { type: 'failure' }>,
  stage: number,
): FailureGroup {
  const message = told.slice(0, most.text) || 'without a message';
  return {
    kind,
    test,
    label,
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
