import type { ScalabilityFit } from '../schema/capacity.ts';
import { seeded } from '../statistics/random.ts';
import { mean, type Observation } from './load-points.ts';
import { fitScalability, kneeOf, rateAt } from './scalability-law.ts';

const REPETITIONS = 400;
/** Of the resampled fits so many must see the knee within the data, or it is not there for sure. */
const CERTAINTY = 0.9;

/**
 * The law that fits the stages, and its knee with a 95 % interval: a block bootstrap of the seconds of each stage, which
 * keeps their correlation. No knee is told beyond the most users that were tried.
 */
export function fitWithKnee(observations: readonly Observation[]): ScalabilityFit | null {
  const points = observations.map(({ users, rates }) => ({ users, rate: mean(rates) }));
  const law = fitScalability(points);
  if (law === null) return null;
  const most = Math.max(...points.map(({ users }) => users));
  const knee = kneeOf(law);
  if (knee >= most || knee < 1) return { ...law, knee: null };
  const random = seeded(20_12);
  const knees: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) {
    const again = observations.map(({ users, rates }) => ({ users, rate: mean(resampled(rates, random)) }));
    const fitted = fitScalability(again);
    knees.push(fitted === null ? Number.POSITIVE_INFINITY : kneeOf(fitted));
  }
  knees.sort((a, b) => a - b);
  const inside = knees.filter((value) => value < most).length / REPETITIONS;
  if (inside < CERTAINTY) return { ...law, knee: null };
  const [low, high] = [knees[Math.floor(0.025 * REPETITIONS)]!, knees[Math.ceil(0.975 * REPETITIONS) - 1]!];
  return { ...law, knee: { users: knee, low, high: high < most ? high : null, rate: rateAt(law, knee) } };
}

/** As many values again, drawn in blocks of neighbours. */
function resampled(values: readonly number[], random: () => number): number[] {
  const block = Math.max(1, Math.round(Math.cbrt(values.length) * 1.5));
  const drawn: number[] = [];
  while (drawn.length < values.length) {
    const begin = Math.floor(random() * Math.max(1, values.length - block + 1));
    drawn.push(...values.slice(begin, begin + block));
  }
  return drawn.slice(0, values.length);
}
