import { boundInWords, inWords, subjectInWords } from '@marteau/measure';
import { formatCount, formatRate } from '@marteau/shared';
import type { Capacity, ScalabilityFit } from '../schema/capacity.ts';
import type { JudgedThreshold, Judgement } from '../schema/judgement.ts';
import type { StageResult } from '../schema/results.ts';
import { fitWithKnee } from './knee.ts';
import type { Observation } from './load-points.ts';

/** An Apdex below this is no load that one would run with. */
const GOOD_APDEX = 0.85;

/** How much the target holds; null for a single load. */
export function capacityOf(
  stages: readonly StageResult[],
  judgement: Judgement,
  observations: readonly Observation[],
): Capacity | null {
  const loads = stages.filter((stage) => loadOf(stage) !== null).toSorted((a, b) => loadOf(a)! - loadOf(b)!);
  if (new Set(loads.map(loadOf)).size < 2 || judgement.verdict === 'invalid') return null;
  const firstBroken = loads.findIndex((stage) => brokenBy(stage, judgement) !== null);
  const beyond = loads[firstBroken] ?? null;
  const within = firstBroken === -1 ? loads.at(-1)! : (loads[firstBroken - 1] ?? null);
  const fit = fitWithKnee(observations);
  return {
    sentence: [holdsInWords(within, beyond, judgement), kneeInWords(fit, observations)]
      .filter(Boolean)
      .join(' '),
    best: bestOf(stages)?.plan.index ?? null,
    within: within?.plan.index ?? null,
    beyond: beyond?.plan.index ?? null,
    fit,
  };
}

/** Users, or starts per second; null for a stage that has no one load. */
function loadOf({ plan: { users, rate } }: StageResult): number | null {
  const range = rate ?? users;
  return range !== null && range.from === range.to ? range.to : null;
}

/** FunkLoad's best cycle, a stage: where most was done for satisfied users. */
function bestOf(stages: readonly StageResult[]): StageResult | null {
  const yieldOf = ({ requests }: StageResult) => requests.rate * (requests.apdex?.score ?? 0);
  const good = stages.filter(({ requests }) => (requests.apdex?.score ?? 0) >= GOOD_APDEX);
  return good.toSorted((a, b) => yieldOf(b) - yieldOf(a))[0] ?? stages[0] ?? null;
}

/** The threshold that failed worst in a stage; null where all held. */
function brokenBy(stage: StageResult, { thresholds }: Judgement): JudgedThreshold | null {
  const marginIn = (judged: JudgedThreshold) =>
    judged.steps.find((one) => one.step === stage.plan.index && !one.ok)?.margin ?? null;
  const failed = thresholds.filter((judged) =>
    judged.steps.some((one) => one.step === stage.plan.index && !one.ok),
  );
  return failed.toSorted((a, b) => (marginIn(a) ?? 0) - (marginIn(b) ?? 0))[0] ?? null;
}

function holdsInWords(within: StageResult | null, beyond: StageResult | null, judgement: Judgement): string {
  const rate = (stage: StageResult) => `${formatRate(stage.requests.rate).replace('/s', '')} requests/s`;
  const broken = beyond && brokenBy(beyond, judgement);
  const measured = broken?.steps.find((one) => one.step === beyond?.plan.index)?.measured ?? null;
  const why = broken
    ? `${subjectInWords(broken.threshold)} ${inWords(measured, broken.threshold.unit)} (wanted ${boundInWords(broken.threshold)})`
    : '';
  if (within === null) return `Breaks at ${beyond!.plan.name} already: ${why}.`;
  if (beyond === null) return `Holds ${within.plan.name} (${rate(within)}), the most that was tried.`;
  return `Holds ${within.plan.name} (${rate(within)}). Breaks at ${beyond.plan.name}: ${why}.`;
}

function kneeInWords(fit: ScalabilityFit | null, observations: readonly Observation[]): string {
  if (fit === null) return '';
  const most = Math.max(...observations.map(({ users }) => users));
  if (fit.knee === null) return `No knee up to ${formatCount(most)} users.`;
  const { users, low, high, rate } = fit.knee;
  const interval =
    high === null ? `${formatCount(low)} or more` : `${formatCount(low)} to ${formatCount(high)}`;
  return `Beyond about ${formatCount(users)} users (${interval}) more users get less done; the most is near ${formatRate(rate).replace('/s', '')} requests/s.`;
}
