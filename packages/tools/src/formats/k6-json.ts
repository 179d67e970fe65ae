import type { Format } from '../reader.ts';
import { lines } from '../text/lines.ts';
import { type K6Tags, k6Figures, k6Points } from './k6-points.ts';

const POINT = '{"metric":"';
/** Of the parts of a request, those that were 0 say nothing. */
const NOTHING = '"value":0,';

interface Point {
  readonly type?: string;
  readonly metric?: string;
  readonly data?: {
    readonly time?: string;
    readonly value?: number;
    readonly tags?: K6Tags | null;
    readonly name?: string;
    readonly type?: string;
    readonly contains?: string;
  };
}

/** `k6 run --out json=…`: a line for each value, nine for a request. */
export const k6Json: Format = {
  name: 'k6-json',
  figures: k6Figures,
  reader(hear, reading) {
    const points = k6Points(hear, reading);
    return lines(
      (line) => {
        if (!line.startsWith('{"')) return;
        if (line.startsWith(POINT)) {
          const metric = line.slice(POINT.length, line.indexOf('"', POINT.length));
          if (!points.isRead(metric) || (metric.startsWith('http_req_') && line.includes(NOTHING))) return;
        }
        const { type, metric, data } = parse(line);
        if (metric === undefined || data === undefined) return;
        if (type === 'Metric') points.declare(metric, data.type ?? '', data.contains ?? '');
        else if (type === 'Point' && typeof data.value === 'number')
          points.point(
            metric,
            Date.parse(data.time ?? '') + fractionOf(data.time ?? ''),
            data.value,
            data.tags ?? {},
          );
      },
      { onEnd: () => points.end() },
    );
  },
};

/** What is finer than a ms in an instant, in ms: Date.parse leaves it out. */
function fractionOf(time: string): number {
  const digits = /\.\d{3}(\d+)/.exec(time)?.[1];
  return digits === undefined ? 0 : Number(`0.${digits}`);
}

function parse(line: string): Point {
  try {
    return JSON.parse(line) as Point;
  } catch {
    return {};
  }
}
