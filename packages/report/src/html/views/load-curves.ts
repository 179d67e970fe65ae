import { axisCount, formatPercent, formatRate } from '@marteau/shared';
import { rateAt } from '../../capacity/scalability-law.ts';
import type { Results, StageResult } from '../../schema/results.ts';
import { linearScale } from '../draw/scale.ts';
import { type LoadAxis, loadAxis } from './load-axis.ts';

/** One quantity over the load. Places are per cent from the left and from the top. */
export interface LoadCurve {
  readonly title: string;
  readonly summary: string;
  /** Through the stages, where no law was fitted. */
  readonly path: string;
  /** The Universal Scalability Law, as far as there are data. */
  readonly law: string;
  readonly dots: string;
  /** Stages in which a threshold failed. */
  readonly broken: readonly { at: number; top: number }[];
  readonly knee: { at: number; from: number; width: number; label: string } | null;
  readonly ticks: readonly Place[];
  readonly names: readonly Place[];
  readonly values: readonly (Place & { top: number; isBad: boolean })[];
}

interface Place {
  readonly at: number;
  readonly label: string;
}

interface Spot {
  readonly step: StageResult;
  readonly at: number;
  readonly top: number;
  readonly label: string;
  readonly isBad: boolean;
}

/** Numbers beside dots that are nearer than this lie on each other on a phone, per cent of the drawing. */
const LABEL_WIDTH = 14;
const WIDE_LABEL_WIDTH = 24;

/** The best there is, and bounds of ratings: poor from 0.5, fair from 0.7, good from 0.85. */
const apdexTicks = [0, 0.5, 0.7, 0.85, 1];
/** Where that axis ends: what stands above a dot at 1 needs its room. */
const APDEX_END = 1.25;

/** Requests per second, with the law of their growth and its knee. */
export function rateCurve(results: Results): LoadCurve {
  const { steps, capacity } = results;
  const axis = loadAxis(results);
  const rates = steps.map(({ requests }) => requests.rate);
  const vertical = linearScale(Math.max(...rates) * 1.15, 3);
  const top = (rate: number) => round((1 - vertical.place(rate)) * 100);
  const spots = spotsOf(steps, axis, ({ requests: { rate } }) => ({
    top: top(rate),
    label: formatRate(rate),
  }));
  const isBroken = ({ step }: Spot) =>
    results.judgement?.thresholds.some((judged) =>
      judged.steps.some((one) => one.step === step.plan.index && !one.ok),
    ) ?? false;
  const fit = axis.left === null ? null : (capacity?.fit ?? null);
  const law = fit === null ? '' : lawPath(fit, steps, axis.left!, top);
  return {
    title: `requests per second ${axis.words}`,
    summary: capacity?.sentence ?? '',
    path: law === '' ? line(spots) : '',
    law,
    dots: dots(spots.filter((spot) => !isBroken(spot))),
    broken: spots.filter(isBroken),
    knee: fit === null ? null : kneeOf(fit, steps, axis.left!),
    ticks: vertical.ticks.map((tick) => ({ at: top(tick), label: axisCount(tick) })),
    names: axis.names,
    values: labelled(spots, rates, LABEL_WIDTH),
  };
}

/** Iterations that finished per second, with the share that failed: FunkLoad's first chart. */
export function iterationsCurve(results: Results): LoadCurve {
  const axis = loadAxis(results);
  const rates = results.steps.map(({ tests }) => tests.rate);
  const vertical = linearScale(Math.max(...rates) * 1.15, 3);
  const top = (rate: number) => round((1 - vertical.place(rate)) * 100);
  const spots = spotsOf(results.steps, axis, ({ tests: { rate, errors, count } }) => ({
    top: top(rate),
    label: errors === 0 ? formatRate(rate) : `${formatRate(rate)}, ${formatPercent(errors / count)} failed`,
    isBad: errors > 0,
  }));
  return {
    ...plain(axis, spots),
    title: `iterations per second ${axis.words}`,
    ticks: vertical.ticks.map((tick) => ({ at: top(tick), label: axisCount(tick) })),
    values: labelled(spots, rates, spots.some(({ isBad }) => isBad) ? WIDE_LABEL_WIDTH : LABEL_WIDTH),
  };
}

/** The Apdex of requests, between the bounds of its ratings. Null where no stage has one. */
export function apdexCurve(results: Results): LoadCurve | null {
  const steps = results.steps.filter(({ requests }) => requests.apdex !== null);
  if (steps.length === 0) return null;
  const all = loadAxis(results);
  const axis = { ...all, places: all.places.filter((_, i) => results.steps[i]!.requests.apdex !== null) };
  const top = (score: number) => round((1 - score / APDEX_END) * 100);
  const scores = steps.map(({ requests }) => requests.apdex!.score);
  const spots = spotsOf(steps, axis, ({ requests: { apdex } }) => ({
    top: top(apdex!.score),
    label: `${apdex!.score.toFixed(2)} ${apdex!.rating}`,
    isBad: apdex!.score < apdexTicks[2]!,
  }));
  return {
    ...plain(axis, spots),
    title: `Apdex of requests ${axis.words}`,
    ticks: apdexTicks.map((tick) => ({ at: top(tick), label: tick === 0 ? '0' : tick.toFixed(2) })),
    values: labelled(
      spots,
      scores.map((score) => -score),
      WIDE_LABEL_WIDTH,
    ),
  };
}

function plain(axis: LoadAxis, spots: readonly Spot[]) {
  return {
    summary: '',
    path: line(spots),
    law: '',
    dots: dots(spots),
    broken: [],
    knee: null,
    names: axis.names,
  };
}

function spotsOf(
  steps: readonly StageResult[],
  { places }: LoadAxis,
  of: (step: StageResult) => { top: number; label: string; isBad?: boolean },
): Spot[] {
  return steps.map((step, i) => ({ step, at: places[i]!, isBad: false, ...of(step) }));
}

type Fit = NonNullable<NonNullable<Results['capacity']>['fit']>;

const usersIn = (steps: readonly StageResult[]) => steps.map(({ plan }) => plan.users!.to);

/** From the fewest users that were tried to the most, and no further. */
function lawPath(
  fit: Fit,
  steps: readonly StageResult[],
  left: (users: number) => number,
  top: (rate: number) => number,
): string {
  const [fewest, most] = [Math.min(...usersIn(steps)), Math.max(...usersIn(steps))];
  return Array.from({ length: 61 }, (_, i) => {
    const n = fewest + ((most - fewest) * i) / 60;
    return `${i === 0 ? 'M' : 'L'}${left(n)} ${top(rateAt(fit, n))}`;
  }).join('');
}

function kneeOf({ knee }: Fit, steps: readonly StageResult[], left: (users: number) => number) {
  if (knee === null) return null;
  const most = Math.max(...usersIn(steps));
  return {
    at: left(knee.users),
    from: left(knee.low),
    width: round(left(knee.high ?? most) - left(knee.low)),
    label: `knee, ${Math.round(knee.users)} users`,
  };
}

const line = (spots: readonly Spot[]) =>
  spots.map(({ at, top }, i) => `${i === 0 ? 'M' : 'L'}${at} ${top}`).join('');
const dots = (spots: readonly Spot[]) => spots.map(({ at, top }) => `M${at} ${top}h0`).join('');

/** What stands beside a dot, where it has the room: the highest weight before all others, then the last and the first. */
function labelled(spots: readonly Spot[], weights: readonly number[], width: number): LoadCurve['values'] {
  const highest = spots[weights.indexOf(Math.max(...weights))];
  const wanted = new Set([highest, spots.at(-1), spots[0], ...spots].filter((spot) => spot !== undefined));
  const shown: Spot[] = [];
  for (const spot of wanted) if (shown.every(({ at }) => Math.abs(at - spot.at) >= width)) shown.push(spot);
  return shown
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, top, label, isBad }) => ({ at, top, label, isBad }));
}

const round = (value: number) => Math.round(value * 100) / 100;
