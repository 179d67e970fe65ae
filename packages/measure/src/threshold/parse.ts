import { nearest, parseDuration, parseRate } from '@marteau/shared';
import {
  CLOSED,
  commonMetrics,
  knownKinds,
  type MetricName,
  mainAspect,
  metricOf,
  metricsInWords,
  percentileOf,
  unitInWords,
  unitsOf,
  unitsOfKind,
} from './metrics.ts';
import type { Comparison, Threshold, ThresholdUnit } from './threshold.ts';
import { type Token, tokenize } from './tokens.ts';
import { readValue } from './value.ts';

/** What is wrong with a threshold: where (characters from its start), what, and what would be right. */
export interface ThresholdMistake {
  offset: number;
  what: string;
  fix: string;
}

export type ParsedThreshold = { threshold: Threshold } | { mistake: ThresholdMistake };

/** Reads `METRIC [of "LABEL"] [of location "NAME"] (<|<=|>|>=) VALUE [over WINDOW] [at N users|at RATE] [during faults]`. */
export function parseThreshold(source: string): ParsedThreshold {
  try {
    return { threshold: new Parser(source).threshold() };
  } catch (error) {
    if (error instanceof Mistake) return { mistake: error.mistake };
    throw error;
  }
}

class Mistake extends Error {
  readonly mistake: ThresholdMistake;
  constructor(mistake: ThresholdMistake) {
    super(mistake.what);
    this.mistake = mistake;
  }
}

/** How a kind of connections or requests is written. */
const KIND = /^[a-z][a-z0-9-]{0,39}$/;
const EXAMPLE = 'a threshold reads like p95 < 300ms';

class Parser {
  readonly #source: string;
  readonly #tokens: Token[];
  #next = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  threshold(): Threshold {
    const { metric, label, custom, of } = this.#subject();
    const location = this.#location();
    const comparison = this.#comparison();
    const units = of ? unitsOfKind(metric, custom ?? '') : unitsOf(metric, custom !== null);
    const value = this.#value(units ?? [], metric);
    const clauses = this.#clauses(metric);
    const percentile = percentileOf(metric);
    return {
      source: this.#source.trim(),
      metric,
      percentile,
      label,
      custom,
      ...(of && { of }),
      ...(location !== null && { location }),
      comparison,
      ...value,
      ...clauses,
      isDefault: false,
    };
  }

  /** `p95`, `p95 of "GET /"`, `metric "coupons"`, `p95 of metric "cart size"`, `p95 of ws "chat"`. */
  #subject(): Pick<Threshold, 'metric' | 'label' | 'custom' | 'of'> {
    const token = this.#take();
    if (!token) this.#fail(0, 'the threshold is empty', EXAMPLE);
    const isClosed = token.kind === 'word' && token.value === 'closed' && this.#takeWord('abnormally');
    const metric = (isClosed ? CLOSED : token.value) as MetricName;
    if (token.kind !== 'word' || unitsOf(metric, false) === null) {
      const near = nearest(metric, commonMetrics);
      this.#fail(
        token.offset,
        `unknown metric '${token.value}'`,
        near === null
          ? `metrics are ${metricsInWords}`
          : `did you mean '${near}'? Metrics are ${metricsInWords}`,
      );
    }
    if (metric === 'metric')
      return { metric, label: null, custom: this.#text('NAME', 'metric "cart size" < 50') };
    if (this.#isLocation() || !this.#takeWord('of')) {
      return isClosed
        ? { metric, label: null, custom: CLOSED, of: { kind: 'ws', label: null } }
        : { metric, label: null, custom: null };
    }
    const ofKind = this.#kind(metric);
    if (ofKind) return { metric, label: null, ...ofKind };
    const ofCustom = this.#peek();
    if (metricOf(metric)?.isOfAll)
      this.#fail(token.offset, `${metric} is known of the whole load only`, 'leave of … out');
    if (!this.#takeWord('metric'))
      return { metric, label: this.#text('LABEL', `${metric} of "GET /cart" …`), custom: null };
    if (!metricOf(metric)?.isOfTimes) {
      this.#fail(
        ofCustom!.offset,
        `${metric} is not measured for a metric of the script`,
        'percentiles, avg, min and max are; a counter or a rate is bounded as metric "NAME" < 50',
      );
    }
    return { metric, label: null, custom: this.#text('NAME', `${metric} of metric "cart size" …`) };
  }

  /** Whether `of location` stands here. */
  #isLocation(): boolean {
    const [of, location] = this.#tokens.slice(this.#next);
    return of?.value === 'of' && location?.kind === 'word' && location.value === 'location';
  }

  #location(): string | null {
    if (!this.#isLocation()) return null;
    this.#next += 2;
    return this.#text('NAME', 'p95 of location "eu" …');
  }

  /** `ws "chat"`, `ws "chat" first message`, `ws`, `sql "orders"`: null where none of these comes. */
  #kind(metric: MetricName): { custom: string; of: NonNullable<Threshold['of']> } | null {
    const word = this.#peek();
    const isKnown = knownKinds.includes(word?.value ?? '');
    const isKind = isKnown || this.#tokens[this.#next + 1]?.kind === 'text';
    if (word?.kind !== 'word' || word.value === 'metric' || !isKind || !KIND.test(word.value)) return null;
    const units = unitsOfKind(metric);
    if (units === null)
      this.#fail(
        word.offset,
        `${metric} is not measured of ${word.value}`,
        `write p95 of ${word.value} "LABEL" …`,
      );
    this.#next++;
    const kind = word.value;
    const label = this.#peek()?.kind === 'text' ? this.#text('LABEL', `${metric} of ${kind} "chat" …`) : null;
    const words: string[] = [];
    for (let next = this.#peek(); next?.kind === 'word' && next.value !== 'of'; next = this.#peek()) {
      words.push(next.value);
      this.#next++;
    }
    const isCounted = metric === CLOSED || metric === 'errors';
    if (isCounted && words.length > 0)
      this.#fail(
        word.offset,
        `${metric} has no '${words.join(' ')}'`,
        `write ${metric} of ${kind} "chat" < 1%`,
      );
    const custom = isCounted ? metric : words.join(' ') || mainAspect(kind);
    return { custom, of: { kind, label } };
  }

  #comparison(): Comparison {
    const token = this.#take();
    if (token?.kind === 'operator' && ['<', '<=', '>', '>='].includes(token.value)) {
      return token.value as Comparison;
    }
    if (token?.kind === 'text') {
      this.#fail(token.offset, `"${token.value}" stands alone`, `name a label with of: of "${token.value}"`);
    }
    this.#fail(
      token?.offset ?? this.#source.length,
      token ? `'${token.value}' is not a comparison` : 'the comparison is missing',
      `write one of < <= > >=, then the bound; ${EXAMPLE}`,
    );
  }

  #value(units: readonly ThresholdUnit[], metric: string): { bound: number; unit: ThresholdUnit } {
    const token = this.#take();
    const wanted = `${metric} takes ${units.map((unit) => unitInWords[unit]).join(', or ')}`;
    if (!token) this.#fail(this.#source.length, 'the bound is missing', wanted);
    const written = token.value + this.#looseUnit(token);
    const value = token.kind === 'word' ? readValue(written, units) : null;
    if (!value) this.#fail(token.offset, `'${written}' is not a bound for ${metric}`, wanted);
    return value;
  }

  /** '300 ms' and '1 %' are two words and one bound. */
  #looseUnit(token: Token): string {
    const unit = this.#peek();
    if (!/^[\d.]+$/.test(token.value) || unit?.kind !== 'word') return '';
    if (!/^(%|\/.*|[µμu]s|ms|s|m|h|[kKMG]?i?B(\/s)?)$/u.test(unit.value)) return '';
    this.#next++;
    return unit.value;
  }

  #clauses(metric: string): Pick<Threshold, 'windowMs' | 'at' | 'duringFaults'> {
    const clauses: Pick<Threshold, 'windowMs' | 'at' | 'duringFaults'> = {
      windowMs: null,
      at: null,
      duringFaults: false,
    };
    const seen = new Set<string>();
    for (let token = this.#take(); token; token = this.#take()) {
      const word = token.kind === 'word' ? token.value : '';
      if (seen.has(word)) this.#fail(token.offset, `'${word}' stands here twice`, 'keep one of them');
      seen.add(word);
      if (metricOf(metric)?.isAtEnd && (word === 'over' || word === 'during'))
        this.#fail(token.offset, `${metric} is known at the end of a stage only`, `leave '${word} …' out`);
      if (word === 'over') clauses.windowMs = this.#window();
      else if (word === 'at') clauses.at = this.#load();
      else if (word === 'during') clauses.duringFaults = this.#faults();
      else {
        this.#fail(
          token.offset,
          `'${token.value}' is not understood here`,
          'after the bound may come: over 10s, at 100 users, at 50/s, during faults',
        );
      }
    }
    return clauses;
  }

  #window(): number {
    const token = this.#take();
    const ms = token?.kind === 'word' ? parseDuration(token.value) : null;
    if (ms === null || ms < 1000 || ms % 1000 !== 0) {
      this.#fail(
        token?.offset ?? this.#source.length,
        token ? `'${token.value}' is not a window` : 'the window is missing',
        'a window is in whole seconds: over 10s, over 1m',
      );
    }
    return ms;
  }

  #load(): Threshold['at'] {
    const token = this.#take();
    const rate = token?.kind === 'word' ? parseRate(token.value) : null;
    if (rate !== null && rate > 0) return { rate };
    const users = token && /^[1-9]\d{0,8}$/.test(token.value) ? Number(token.value) : null;
    if (users !== null && (this.#takeWord('users') || this.#takeWord('user'))) return { users };
    this.#fail(
      token?.offset ?? this.#source.length,
      token ? `'${token.value}' is not a load` : 'the load is missing',
      'write at 100 users, or at 50/s',
    );
  }

  #faults(): true {
    const token = this.#take();
    if (token?.kind === 'word' && token.value === 'faults') return true;
    this.#fail(
      token?.offset ?? this.#source.length,
      token ? `'during ${token.value}' is unknown` : 'it does not say during what',
      'write during faults',
    );
  }

  /** A quoted text that must stand here. */
  #text(name: string, sample: string): string {
    const token = this.#take();
    if (token?.kind === 'text' && token.closed && token.value !== '') return token.value;
    if (token?.kind === 'text' && !token.closed) {
      this.#fail(token.offset, 'the end quote is missing', `write it as in ${sample}`);
    }
    this.#fail(
      token?.offset ?? this.#source.length,
      token?.kind === 'word' ? `'${token.value}' needs quotes` : `the ${name} is missing`,
      `write it in quotes, as in ${sample}`,
    );
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #take(): Token | undefined {
    return this.#tokens[this.#next++];
  }

  #takeWord(word: string): boolean {
    const token = this.#peek();
    const found = token?.kind === 'word' && token.value === word;
    if (found) this.#next++;
    return found;
  }

  #fail(offset: number, what: string, fix: string): never {
    throw new Mistake({ offset, what, fix });
  }
}
