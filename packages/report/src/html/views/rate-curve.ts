import { formatRate, type Results } from '@marteau/shared';
import { linearScale } from '../page/scale.js';
import { shortCount } from '../page/units.js';

/** Requests per second at each load. Places are per cent from the left and from the top. */
export interface RateCurve {
  readonly title: string;
  readonly name: string;
  readonly path: string;
  readonly dots: string;
  readonly ticks: readonly { at: number; label: string }[];
  readonly names: readonly { at: number; label: string }[];
  readonly values: readonly { at: number; top: number; label: string }[];
}

export function rateCurve({ steps }: Results): RateCurve {
  const rates = steps.map(({ requests }) => requests.rate);
  const scale = linearScale(Math.max(...rates) * 1.12, 3);
  const dots = rates.map((rate, i) => ({
    at: round(((i + 0.5) / steps.length) * 100),
    top: round((1 - scale.place(rate)) * 100),
    label: formatRate(rate),
  }));
  const every = Math.ceil(steps.length / 14);
  return {
    title: 'requests per second at each load',
    name: 'rate',
    path: dots.map(({ at, top }, i) => `${i === 0 ? 'M' : 'L'}${at} ${top}`).join(''),
    dots: dots.map(({ at, top }) => `M${at} ${top}h0`).join(''),
    ticks: scale.ticks.map((tick) => ({ at: round((1 - scale.place(tick)) * 100), label: shortCount(tick) })),
    names: dots.flatMap(({ at }, i) => (i % every === 0 ? [{ at, label: steps[i]!.plan.name }] : [])),
    values: steps.length <= 10 ? dots : [],
  };
}

const round = (value: number) => Math.round(value * 100) / 100;
