import { defaultsBeside, failureInWords, isMeant, metricOf, type Threshold } from '@marteau/measure';
import { capitalized, formatCount, formatLatency, scenariosOf, spellDuration } from '@marteau/shared';
import type { JudgedThreshold, Judgement } from '../schema/judgement.ts';
import { distortionOf } from './distortion.ts';
import type { Evidence } from './evidence.ts';
import { judgeThreshold } from './judge-threshold.ts';
import { stoodStill } from './stood-still.ts';

/** More users than this part of those who were there never began or did not leave, and the load was not what the file asks for. */
const MOST_WITHOUT = 0.01;

/**
 * Reaches the verdict.
 *
 *     the target's node was lost              invalid  nobody was there to answer
 *     users never began, or did not leave     fail     the load was not what was wanted
 *     stopIf ended the load by its errors     fail     by other metrics: after invalid
 *     errors or failures above their bounds   fail     whoever was slow, these were real
 *     the generator shaped the numbers        invalid  outranks pass, and failures of latency or rate
 *     nothing finished                        fail
 *     the target stood still at an end        fail     who waits makes no requests that could fail
 *     any other threshold                     fail
 *     one of the tool's own was crossed       fail
 *     a search found no rate that holds       fail     and a pass says what it found
 *     else                                    pass
 *
 * @param thresholds the file's; when it has none, or none of a load that this run had, the defaults hold
 */
export function judge(thresholds: readonly Threshold[], evidence: Evidence): Judgement {
  const here = thresholds.filter(
    ({ location }) => location === undefined || evidence.locations !== undefined,
  );
  const elsewhere = thresholds.filter((threshold) => !here.includes(threshold));
  const reached = here.filter((threshold) => evidence.steps.some(({ plan }) => isMeant(threshold, plan)));
  const isOpen = evidence.steps.some(({ starts }) => starts !== null && starts.planned > 0);
  const wanted = reached.length > 0 ? reached : defaultsBeside([], isOpen);
  const unreached = here.filter((threshold) => !reached.includes(threshold));
  const judged = wanted
    .map((threshold) => judgeThreshold(threshold, evidence))
    .filter((each) => !isIdleDefault(each) && !isOfIterations(each, evidence));
  const failed = judged.filter(({ outcome }) => outcome !== 'ok').toSorted(worstFirst);
  const hard = failed.filter(isHard);
  const distortion = distortionOf(evidence);
  const verdict = (word: Judgement['verdict'], reason: string): Judgement => ({
    verdict: word,
    reason: withElsewhere(withUnreached(withStop(reason, evidence), unreached, evidence), elsewhere),
    thresholds: judged,
  });
  const { stoppedBy, search } = evidence.merged;
  const stopped = stoppedBy && `Stopped by the file: ${stoppedBy.sentence.replace(/\.$/, '')}.`;
  if (evidence.gone) return verdict('invalid', evidence.gone);
  const absent = neverBegan(evidence) ?? didNotLeave(evidence);
  if (absent !== null) return verdict('fail', absent);
  if (stopped && metricOf(stoppedBy.metric)?.isHard) return verdict('fail', stopped);
  if (hard.length > 0) return verdict('fail', thresholdInWords(hard[0]!, failed.length, judged.length));
  if (distortion !== null) return verdict('invalid', distortion);
  if (stopped) return verdict('fail', stopped);
  const nothing = nothingFinished(evidence);
  if (nothing !== null) return verdict('fail', nothing);
  const still = stoodStill(evidence);
  if (still !== null) return verdict('fail', still);
  if (failed.length > 0) return verdict('fail', thresholdInWords(failed[0]!, failed.length, judged.length));
  const crossed = evidence.merged.source?.thresholds.filter(({ held }) => held === false) ?? [];
  if (crossed[0]) return verdict('fail', crossedInWords(evidence.merged.source!.title, crossed));
  if (search !== null) return verdict(search.holds === null ? 'fail' : 'pass', search.sentence);
  return verdict('pass', successInWords(judged, evidence));
}

/** A default of what this run had none of: a load whose stages at a rate were never reached drops no starts. */
function isIdleDefault({ threshold, outcome }: JudgedThreshold): boolean {
  return threshold.isDefault && outcome === 'absent' && metricOf(threshold.metric)?.isOfAll === true;
}

/** A default of iterations, where a tool of others knows none. */
function isOfIterations({ threshold, outcome }: JudgedThreshold, { merged, totals }: Evidence): boolean {
  const knowsNone = Boolean(merged.source) && totals.tests.steps.length === 0;
  return (
    knowsNone && threshold.isDefault && outcome === 'absent' && metricOf(threshold.metric)?.of === 'tests'
  );
}

/** Failed for certain, whatever the generator did: answers were wrong, not only late. */
function isHard({ threshold, outcome }: JudgedThreshold): boolean {
  return outcome === 'fail' && metricOf(threshold.metric)?.isHard === true;
}

function worstFirst(a: JudgedThreshold, b: JudgedThreshold): number {
  const rank = (one: JudgedThreshold) => (isHard(one) ? 0 : one.outcome === 'fail' ? 1 : 2);
  return rank(a) - rank(b) || (a.margin ?? 0) - (b.margin ?? 0);
}

/** Nothing finished is never a pass: says what happened instead. */
function nothingFinished({ totals, steps, merged }: Evidence): string | null {
  const some = [...totals.tests.steps, ...totals.requests.steps];
  // Tools that know no iterations tell requests alone.
  const finished = merged.source && totals.tests.steps.length === 0 ? totals.requests : totals.tests;
  if (finished.steps.some(({ count }) => count > 0)) return null;
  if (merged.source && totals.tests.steps.length === 0)
    return `Nothing was measured by ${merged.source.title}: that it ran is all that is known.`;
  if (steps.length === 0)
    return 'Nothing was recorded: the load ended before its first recorded stage began.';
  const longest = Math.max(...steps.map(({ seconds }) => seconds));
  const oldest = Math.max(0, ...some.map(({ oldestUnfinished }) => oldestUnfinished));
  const waited = oldest > 0 ? ` The oldest had been on its way for ${formatLatency(oldest)}.` : '';
  return `No iteration finished within a stage: the stage (${spellDuration(longest * 1000)}) is too short for this test, or the target does not answer.${waited}`;
}

function crossedInWords(title: string, crossed: readonly { readonly text: string }[]): string {
  const more = crossed.length > 1 ? ` and ${crossed.length - 1} more of its own` : '';
  return `${title} says that its own threshold was crossed: ${crossed[0]!.text}${more}.`;
}

function thresholdInWords(worst: JudgedThreshold, failed: number, all: number): string {
  const sentence = capitalized(worst.sentence.replace(/\.$/, ''));
  if (all === 1) return `${sentence}.`;
  return failed === all
    ? `${sentence}; none of the ${all} thresholds held.`
    : `${sentence}; ${failed} of ${all} thresholds failed.`;
}

function successInWords(judged: readonly JudgedThreshold[], { steps }: Evidence): string {
  const count =
    judged.length === 1
      ? 'The threshold'
      : judged.length === 2
        ? 'Both thresholds'
        : `All ${judged.length} thresholds`;
  const byDefault = judged.filter(({ threshold }) => threshold.isDefault).length;
  const defaults =
    byDefault === judged.length
      ? ' (the defaults: the file has none)'
      : byDefault > 0
        ? ` (${byDefault} of them ${byDefault === 1 ? 'a default' : 'defaults'})`
        : '';
  const where = steps.length > 1 ? ` in all ${steps.length} stages` : '';
  const closest = judged.filter(({ margin }) => margin !== null).toSorted((a, b) => a.margin! - b.margin!)[0];
  const nearest = closest === undefined ? '' : ` Closest to its bound: ${closest.sentence}.`;
  return `${count} held${where}${defaults}.${nearest}`;
}

/** An override, or whoever stopped the run, may leave no stage of a load that a threshold is `at`. */
function withUnreached(reason: string, unreached: readonly Threshold[], { steps }: Evidence): string {
  if (unreached.length === 0 || steps.length === 0) return reason;
  const sources = unreached.map(({ source }) => source).join(', ');
  const loads = steps.map(({ plan }) => plan.name).join(', ');
  return `${reason} Not judged, because no stage of this run was at that load: ${sources}. The stages were ${loads}.`;
}

/** A local run, and one that was given a plain number of nodes, have no locations. */
function withElsewhere(reason: string, elsewhere: readonly Threshold[]): string {
  if (elsewhere.length === 0) return reason;
  const sources = elsewhere.map(({ source }) => source).join(', ');
  return `${reason} Not judged, because this run had no locations: ${sources}.`;
}

function withStop(reason: string, { merged, steps, loss = null }: Evidence): string {
  const seconds = steps.reduce((sum, stage) => sum + stage.seconds, 0);
  const said = loss === null ? reason : `${reason} ${loss.sentence}`;
  if (!merged.stopped || merged.stoppedBy !== null) return said;
  return `${said} The run was stopped early and judged by the ${spellDuration(seconds * 1000)} that were recorded.`;
}

/** Which users never began, and the most frequent reason; null where all did, or nearly. */
function neverBegan({ steps, merged }: Evidence): string | null {
  const worst = steps
    .flatMap(({ starts }) => (starts !== null && starts.users > 0 ? starts : []))
    .toSorted((a, b) => b.neverBegan / b.users - a.neverBegan / a.users)[0];
  if (worst === undefined || worst.neverBegan / worst.users <= MOST_WITHOUT) return null;
  const users = `${formatCount(worst.neverBegan)} of ${formatCount(worst.users)} users never began`;
  const reason = merged.failures
    .filter(({ hook }) => hook === 'load' || hook === 'before')
    .toSorted((a, b) => b.count - a.count)[0];
  return reason === undefined ? `${users}.` : `${users}: ${failureInWords(reason)}.`;
}

/** How many users failed when they left, and the most frequent reason; null where none did, or few. */
function didNotLeave({ merged }: Evidence): string | null {
  const failed = merged.failures.filter(({ hook }) => hook === 'after').toSorted((a, b) => b.count - a.count);
  const users = usersThatLeft(merged);
  const count = Math.min(
    users,
    failed.reduce((sum, group) => sum + group.count, 0),
  );
  if (count === 0 || count / users <= MOST_WITHOUT) return null;
  return `${formatCount(count)} of ${formatCount(users)} users failed when they left: ${failureInWords(failed[0]!)}.`;
}

/** Users who go on from stage to stage leave once, after the last one; those of a search leave after each rate. */
function usersThatLeft({ steps, search }: Evidence['merged']): number {
  const usersAt = new Map(steps.map(({ plan, starts }) => [plan.index, starts?.users ?? 0]));
  const plans = steps.map(({ plan }) => plan);
  const segments = search
    ? plans.map((plan) => [plan])
    : scenariosOf({ steps: plans }).flatMap((one) => one.segments);
  return segments.reduce(
    (sum, stages) => sum + Math.max(...stages.map(({ index }) => usersAt.get(index) ?? 0)),
    0,
  );
}
