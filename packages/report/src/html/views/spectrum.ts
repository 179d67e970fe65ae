import { axisLatency, formatLatency } from '@marteau/shared';
import type { Results, StageResult } from '../../schema/results.ts';
import { spreadOut } from '../draw/panels.ts';
import { latencyScale } from '../draw/scale.ts';
import { readable } from '../text.ts';
import { figure, type Table, word } from './table.ts';

/** Times over quantiles, one line a stage. Places are per cent. */
export interface SpectrumView {
  readonly ticks: readonly { at: number; label: string }[];
  readonly names: readonly { at: number; label: string }[];
  readonly lines: readonly { path: string; shade: number }[];
  readonly ends: readonly { at: number; label: string }[];
  readonly isLog: boolean;
  readonly table: Table;
}

const MOST_LINES = 6;

/** The axis of quantiles: each nine is as wide as the one before. */
const nines = (quantile: number) => -Math.log10(1 - quantile);

export function spectrumView({ steps }: Results): SpectrumView | null {
  const filled = steps.filter(({ spectrum }) => spectrum.length > 3);
  if (filled.length === 0) return null;
  const every = Math.ceil(filled.length / MOST_LINES);
  const shown = filled.filter((_, i) => (filled.length - 1 - i) % every === 0);
  const scale = latencyScale(shown.flatMap(({ spectrum }) => spectrum.map(({ time }) => time)));
  const quantiles = [
    ...new Set(shown.flatMap(({ spectrum }) => spectrum.map(({ quantile }) => quantile))),
  ].sort((a, b) => a - b);
  const [from, to] = [nines(quantiles[0]!), nines(quantiles.at(-1)!)];
  const left = (quantile: number) => round(((nines(quantile) - from) / (to - from)) * 100);
  const top = (time: number) => round((1 - scale.place(time)) * 100);
  const line = ({ spectrum }: StageResult) =>
    spectrum.map(({ quantile, time }, i) => `${i === 0 ? 'M' : 'L'}${left(quantile)} ${top(time)}`).join('');
  return {
    isLog: scale.isLog,
    ticks: scale.ticks.map((tick) => ({ at: top(tick), label: axisLatency(tick) })),
    names: [0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999]
      .filter((quantile) => quantile <= quantiles.at(-1)!)
      .map((quantile) => ({ at: left(quantile), label: name(quantile) })),
    lines: shown.map((stage, i) => ({
      path: line(stage),
      shade: round(0.35 + (0.65 * (i + 1)) / shown.length),
    })),
    ends: endsOf(shown, top),
    table: tableOf(shown, quantiles),
  };
}

/** What a name takes beside the end of its line, per cent of the drawing's height. */
const NAME_HEIGHT = 7;

/** Names beside the ends of the lines, as near to them as they can be without lying on each other. */
function endsOf(
  steps: readonly StageResult[],
  top: (time: number) => number,
): { at: number; label: string }[] {
  const ends = steps.map(({ plan, spectrum }) => ({
    at: top(spectrum.at(-1)!.time),
    label: readable(plan.name, 12),
  }));
  return spreadOut(ends, NAME_HEIGHT);
}

function tableOf(steps: readonly StageResult[], quantiles: readonly number[]): Table {
  return {
    id: 'spectrum',
    caption: 'Response time by percentile',
    columns: [
      { label: 'percentile', title: 'so many per cent were faster', isNumber: false },
      ...steps.map(({ plan }) => ({ label: plan.name, title: `at ${plan.name}`, isNumber: true })),
    ],
    bodies: [
      {
        title: '',
        rows: quantiles.map((quantile) => ({
          group: '',
          cells: [
            word(name(quantile), 'strong'),
            ...steps.map(({ spectrum }) => {
              const time = spectrum.find((one) => one.quantile === quantile)?.time ?? null;
              return figure(formatLatency(time), time);
            }),
          ],
        })),
      },
    ],
    isSortable: false,
  };
}

/** 0.999 → 'p99.9' */
function name(quantile: number): string {
  return `p${Number((quantile * 100).toFixed(5))}`;
}

const round = (value: number) => Math.round(value * 100) / 100;
