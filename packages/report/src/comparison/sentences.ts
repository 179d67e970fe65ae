import { capitalized, formatChange, formatPercent } from '@marteau/shared';
import type { Comparison, Endpoint } from '../schema/comparison.ts';
import { beyondMargin, mainOf, toldOf } from './main-figure.ts';

const metrics = { p50: 'the median', p95: 'p95', rate: 'the rate', errors: 'the share of errors' } as const;

/**
 * The sentence of a comparison, which speaks of the main figure first, and of the worst of the others.
 * @param limits why it can tell only so much; empty where nothing is in the way
 */
export function comparisonInWords(
  endpoints: readonly Endpoint[],
  runs: number,
  limits = '',
): Pick<Comparison, 'sentence' | 'direction' | 'grade'> {
  const first = endpoints[mainOf(endpoints)];
  const told = toldOf(endpoints);
  const than = runs === 1 ? 'in the last good run' : `in the last ${runs} good runs`;
  if (told === undefined || told.grade === null) {
    const said = first ? `, ${metrics[first.metric]} at ${first.load} ${signed(first)}` : '';
    return {
      sentence: `No change that stands out from the last good run${runs === 1 ? '' : 's'}${said}.${unsure(endpoints)}${limits}`,
      direction: 'same',
      grade: null,
    };
  }
  const more = endpoints.filter(
    (one) => one !== told && one.grade !== null && one.direction === told.direction,
  ).length;
  const others =
    more === 0 ? '' : more === 1 ? ', and so is 1 other figure' : `, and so are ${more} other figures`;
  return {
    sentence: `${capitalized(subject(told))} is ${amount(told)} ${told.direction} than ${than} (${told.grade})${others}.`,
    direction: told.direction,
    grade: told.grade,
  };
}

/** Figures whose interval clears 5 % although nothing stands out: of many, one or the other does so by chance. */
function unsure(endpoints: readonly Endpoint[]): string {
  const beyond = beyondMargin(endpoints);
  if (beyond[0] === undefined) return '';
  const has = beyond.length === 1 ? 'one has its' : `${beyond.length} have their`;
  return ` Not sure, but of ${endpoints.length} figures ${has} whole interval beyond 5 %, most of all ${subject(beyond[0])} (${signed(beyond[0])}).`;
}

/** The runs that another one is compared with, as the page and the mail name them: '4dce89d1 Faster cart and 4 more'. */
export function baselinesInWords(baselines: Comparison['baselines']): string {
  const [first, ...others] = baselines;
  if (first === undefined) return '';
  const name = [first.commit?.slice(0, 8), first.commitSubject].filter(Boolean).join(' ') || first.id;
  return others.length === 0 ? name : `${name} and ${others.length} more`;
}

function subject({ metric, label, of, load }: Endpoint): string {
  if (of && metric === 'errors') return `the share of "${of.name}" of ${of.kind} "${label}" at ${load}`;
  if (of) return `${metrics[metric]} of ${of.kind} "${label}" ${of.name} at ${load}`;
  return `${metrics[metric]}${label === null ? '' : ` of "${label}"`} at ${load}`;
}

/** '31 %', or for errors '2.1 % of all requests'. */
function amount({ metric, of, change }: Endpoint): string {
  const share = formatPercent(Math.round(Math.abs(change) * 1000) / 1000);
  return metric === 'errors' ? `${share} of all${of ? '' : ' requests'}` : share;
}

function signed(endpoint: Endpoint): string {
  const change = formatChange(endpoint.change);
  return endpoint.metric === 'errors' ? `${change} of all${endpoint.of ? '' : ' requests'}` : change;
}
