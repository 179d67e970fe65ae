import { formatRate, type Results, type StepResult } from '@marteau/shared';
import { rateAt } from '../../capacity/scalability-law.ts';
import { linearScale } from '../page/scale.js';
import { shortCount } from '../page/units.js';

/** Requests per second over the load. Places are per cent from the left and from the top. */
export interface RateCurve {
  readonly title: string;
  readonly summary: string;
  /** Through the steps, where no law was fitted. */
  readonly path: string;
  /** The Universal Scalability Law, as far as there are data. */
  readonly law: string;
  readonly dots: string;
  /** Steps in which a threshold failed. */
  readonly broken: readonly { at: number; top: number }[];
  readonly knee: { at: number; from: number; width: number; label: string } | null;
  readonly ticks: readonly Place[];
  readonly names: readonly Place[];
  readonly values: readonly (Place & { top: number })[];
}

interface Place {
  readonly at: number;
  readonly label: string;
}

/** What the number beside a dot takes on a phone, per cent of the drawing. */
const labelWidth = 14;

export function rateCurve(results: Results): RateCurve {
  const { steps } = results;
  const users = steps.map(({ plan }) =>
    plan.users?.from === plan.users?.to ? (plan.users?.to ?? null) : null,
  );
  const isOverUsers = users.every((n) => n !== null) && new Set(users).size > 1;
  return isOverUsers ? overUsers(results, users as number[]) : overSteps(steps);
}

/** An axis of users: twice as many users are twice as far. */
function overUsers(results: Results, users: readonly number[]): RateCurve {
  const { steps, capacity } = results;
  const fit = capacity?.fit ?? null;
  const horizontal = linearScale(Math.max(...users) * 1.05, 6);
  const vertical = linearScale(Math.max(...steps.map(({ requests }) => requests.rate)) * 1.15, 3);
  const left = (n: number) => round(horizontal.place(n) * 100);
  const top = (rate: number) => round((1 - vertical.place(rate)) * 100);
  const spots = steps.map((step, i) => ({ step, at: left(users[i]!), top: top(step.requests.rate) }));
  const [fewest, most] = [Math.min(...users), Math.max(...users)];
  const law = fit
    ? Array.from({ length: 61 }, (_, i) => {
        const n = fewest + ((most - fewest) * i) / 60;
        return `${i === 0 ? 'M' : 'L'}${left(n)} ${top(rateAt(fit, n))}`;
      }).join('')
    : '';
  const isBroken = (step: StepResult) =>
    results.judgement?.thresholds.some((judged) =>
      judged.steps.some((one) => one.step === step.plan.index && !one.ok),
    ) ?? false;
  const { knee = null } = fit ?? {};
  return {
    title: 'requests per second over users',
    summary: capacity?.sentence ?? '',
    path: law === '' ? line(spots) : '',
    law,
    dots: dots(spots.filter(({ step }) => !isBroken(step))),
    broken: spots.filter(({ step }) => isBroken(step)),
    knee: knee && {
      at: left(knee.users),
      from: left(knee.low),
      width: round(left(knee.high ?? most) - left(knee.low)),
      label: `knee, ${Math.round(knee.users)} users`,
    },
    ticks: vertical.ticks.map((tick) => ({ at: top(tick), label: shortCount(tick) })),
    names: horizontal.ticks.map((tick) => ({
      at: left(tick),
      label: tick === 0 ? '0 users' : shortCount(tick),
    })),
    values: labelled(spots),
  };
}

/** One place a step, in their order. */
function overSteps(steps: readonly StepResult[]): RateCurve {
  const vertical = linearScale(Math.max(...steps.map(({ requests }) => requests.rate)) * 1.15, 3);
  const top = (rate: number) => round((1 - vertical.place(rate)) * 100);
  const spots = steps.map((step, i) => ({
    step,
    at: round(((i + 0.5) / steps.length) * 100),
    top: top(step.requests.rate),
  }));
  const every = Math.ceil(steps.length / 14);
  return {
    title: 'requests per second at each step',
    summary: '',
    path: line(spots),
    law: '',
    dots: dots(spots),
    broken: [],
    knee: null,
    ticks: vertical.ticks.map((tick) => ({ at: top(tick), label: shortCount(tick) })),
    names: spots.flatMap(({ at, step }, i) => (i % every === 0 ? [{ at, label: step.plan.name }] : [])),
    values: labelled(spots),
  };
}

interface Spot {
  readonly step: StepResult;
  readonly at: number;
  readonly top: number;
}

const line = (spots: readonly Spot[]) =>
  spots.map(({ at, top }, i) => `${i === 0 ? 'M' : 'L'}${at} ${top}`).join('');
const dots = (spots: readonly Spot[]) => spots.map(({ at, top }) => `M${at} ${top}h0`).join('');

/** The number beside a dot, where it has the room; the highest goes before all others, then the last and the first. */
function labelled(spots: readonly Spot[]): RateCurve['values'] {
  const rate = ({ step }: Spot) => step.requests.rate;
  const highest = spots.toSorted((a, b) => rate(b) - rate(a))[0];
  const wanted = new Set([highest, spots.at(-1), spots[0], ...spots].filter((spot) => spot !== undefined));
  const shown: Spot[] = [];
  for (const spot of wanted)
    if (shown.every(({ at }) => Math.abs(at - spot.at) >= labelWidth)) shown.push(spot);
  return shown
    .toSorted((a, b) => a.at - b.at)
    .map((spot) => ({ at: spot.at, top: spot.top, label: formatRate(rate(spot)) }));
}

const round = (value: number) => Math.round(value * 100) / 100;
