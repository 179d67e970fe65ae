import { readFileSync } from 'node:fs';
import { mergeMeasurements } from '@marteau/report';
import { parseMeasurements } from '../../../packages/load/src/share/read-measurements.ts';
import type { Target } from '../target.ts';

const example = new URL('../../formats/measurements-1.json', import.meta.url);

/**
 * What a share hands in, whoever wrote it, and its merging with that of another share: it is refused, or a histogram of it
 * is; nothing else is thrown.
 */
export const target: Target = {
  name: 'measurements',
  run(bytes) {
    const read = parseMeasurements(bytes);
    if ('error' in read) return;
    try {
      mergeMeasurements([read.measurements, read.measurements]);
    } catch (error) {
      if (!/HdrHistogram/.test((error as Error).message)) throw error;
    }
  },
  seeds() {
    const whole = JSON.parse(readFileSync(example, 'utf8')) as { labels: object[] };
    return [whole, { ...whole, labels: whole.labels.slice(0, 1) }, { ...whole, labels: [] }].map((one) =>
      Buffer.from(JSON.stringify(one)),
    );
  },
  dictionary: ['null', '[]', '{}', '"__proto__":{}', '1e308', '-1', '1e-308', '1e15', '0.1', '},{', '],['],
  most: 10_000,
};
