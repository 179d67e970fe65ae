import { formatChange, formatPercent } from '@marteau/shared';
import type { Comparison, Endpoint } from '../schema/comparison.ts';

const metrics = { p50: 'the median', p95: 'p95', rate: 'the rate', errors: 'the share of errors' } as const;

/** The sentence of a comparison, which speaks of the main figure first, and of the worst of the others. */
export function comparisonInWords(
  endpoints: readonly Endpoint[],
  main: number,
  runs: number,
): Pick<Comparison, 'sentence' | 'direction' | 'grade'> {
  const changed = endpoints.filter(({ grade }) => grade !== null);
  const first = endpoints[main];
  const worst = changed
    .filter(({ direction }) => direction === 'worse')
    .toSorted((a, b) => size(b) - size(a))[0];
  const best = changed.toSorted((a, b) => size(b) - size(a))[0];
  const told = first && first.grade !== null ? first : (worst ?? best);
  const than = runs === 1 ? 'in the last good run' : `in the last ${runs} good runs`;
  if (told === undefined || told.grade === null) {
    const said = first ? `, ${metrics[first.metric]} at ${first.load} ${signed(first)}` : '';
    return {
      sentence: `No change that stands out from the last good run${runs === 1 ? '' : 's'}${said}.`,
      direction: 'same',
      grade: null,
    };
  }
  const more = changed.filter((one) => one !== told && one.direction === told.direction).length;
  const others = more === 0 ? '' : `, and so are ${more} other figures`;
  return {
    sentence: `${subject(told)} is ${amount(told)} ${told.direction} than ${than} (${told.grade})${others}.`,
    direction: told.direction,
    grade: told.grade,
  };
}

function subject({ metric, label, load }: Endpoint): string {
  return `${metrics[metric]}${label === null ? '' : ` of "${label}"`} at ${load}`;
}

/** '31 %', or for errors '2.1 % of all requests'. */
function amount({ metric, change }: Endpoint): string {
  const share = formatPercent(Math.round(Math.abs(change) * 1000) / 1000);
  return metric === 'errors' ? `${share} of all requests` : share;
}

function signed(endpoint: Endpoint): string {
  const change = formatChange(endpoint.change);
  return endpoint.metric === 'errors' ? `${change} of all requests` : change;
}

function size({ metric, change }: Endpoint): number {
  return metric === 'errors' ? 10 * Math.abs(change) : Math.abs(change);
}
