import { type Distribution, distributionOf } from '@marteau/measure';
import type { Format } from '../reader.ts';
import { lines } from '../text/lines.ts';
import { errorClass, isErrorStatus } from '../text/outcome.ts';
import { talliedTimes } from '../text/tallied-times.ts';

interface Sketch {
  /** Times in ms, and how often. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

interface Period {
  readonly counters?: Readonly<Record<string, number>>;
  readonly sketches?: Readonly<Record<string, Sketch>>;
}

const TIMES = 'plugins.metrics-by-endpoint.response_time.';
const CODES = /^plugins\.metrics-by-endpoint\.(.*)\.codes\.(\d+)$/s;
const NAMED = /\(([^()]+)\)$/;

/** Lines of our reporter, one for each of Artillery's periods of ten seconds. */
export const artilleryLines: Format = {
  name: 'artillery-lines',
  figures: {
    precision: 'histogram',
    resolutionUs: 1000,
    error: 0.01,
    time: 'from the request to the first byte of the answer (http.response_time)',
    notes: ['Artillery tells its figures by periods of ten seconds: there is no curve of them.'],
  },
  reader(hear, { expected }) {
    const counters = new Map<string, number>();
    const sketches = new Map<string, Sketch>();
    return lines(
      (line) => {
        const { counters: counted = {}, sketches: drawn = {} } = parse(line);
        for (const [name, count] of Object.entries(counted))
          counters.set(name, (counters.get(name) ?? 0) + count);
        for (const [name, sketch] of Object.entries(drawn))
          sketches.set(name, added(sketches.get(name), sketch));
      },
      {
        onEnd() {
          const codes = [...counters].flatMap(([name, count]) => {
            const [, label, status] = CODES.exec(name) ?? [];
            return label === undefined ? [] : [{ label, status: status!, count }];
          });
          for (const [label, all] of Map.groupBy(codes, (each) => each.label)) {
            const outcomes = Object.fromEntries(all.map(({ status, count }) => [status, count]));
            const failed = all.filter(({ status }) => isErrorStatus(Number(status), expected));
            hear({
              type: 'total',
              kind: 'request',
              name: NAMED.exec(label)?.[1] ?? label,
              count: sum(all),
              errors: sum(failed),
              time: distribution(sketches.get(`${TIMES}${label}`)),
              outcomes,
              bytesIn: 0,
            });
          }
          for (const [name, count] of counters) {
            if (!name.startsWith('errors.') || count === 0) continue;
            const message = name.slice('errors.'.length);
            const outcomes = { [errorClass(message)]: count };
            hear({
              type: 'total',
              kind: 'request',
              name: '(without an answer)',
              count,
              errors: count,
              time: distribution(undefined),
              outcomes,
              bytesIn: 0,
            });
            hear({ type: 'note', text: `Artillery: ${count} requests failed: ${message}` });
          }
          const [completed, failed, skipped] = ['completed', 'failed', 'skipped'].map(
            (name) => counters.get(`vusers.${name}`) ?? 0,
          ) as [number, number, number];
          if (completed + failed > 0)
            hear({
              type: 'total',
              kind: 'test',
              name: 'vusers',
              count: completed + failed,
              errors: failed,
              time: distribution(sketches.get('vusers.session_length')),
              outcomes: {},
              bytesIn: 0,
            });
          if (skipped > 0)
            hear({
              type: 'limit',
              limit: {
                code: 'skipped',
                sentence: `Artillery did not start ${skipped} of its users, because maxVusers were at work already. Raise it, or lower the rate.`,
                share: skipped / Math.max(1, skipped + completed + failed),
              },
            });
        },
      },
    );
  },
};

function sum(all: readonly { readonly count: number }[]): number {
  return all.reduce((total, { count }) => total + count, 0);
}

function added(before: Sketch | undefined, { pairs, sum, min, max, count }: Sketch): Sketch {
  if (before === undefined) return { pairs, sum, min, max, count };
  return {
    pairs: [...before.pairs, ...pairs],
    sum: before.sum + sum,
    min: Math.min(before.min, min),
    max: Math.max(before.max, max),
    count: before.count + count,
  };
}

function distribution(sketch: Sketch | undefined): Distribution {
  const times = talliedTimes((sketch?.pairs ?? []).map(([ms, count]) => [ms * 1000, count] as const));
  const exact = sketch && {
    min: Math.round(sketch.min * 1000),
    max: Math.round(sketch.max * 1000),
    sum: Math.round(sketch.sum * 1000),
  };
  return { ...distributionOf(times), ...exact };
}

function parse(line: string): Period {
  try {
    return JSON.parse(line) as Period;
  } catch {
    return {};
  }
}
