import type { Span } from '@marteau/measure';
import { type ChaosRecord, holds } from '@marteau/measure';
import type { ChaosResult, JudgedFault } from '../schema/chaos.ts';
import type { Judgement } from '../schema/judgement.ts';
import type { Course } from './course.ts';
import { judgeFault } from './judge-fault.ts';

/** What was broken on purpose, and what came of it. */
export function judgeChaos(record: ChaosRecord, course: Course): ChaosResult {
  const { windows, ...rest } = record;
  return { ...rest, faults: windows.map((window) => judgeFault(window, windows, course)) };
}

/** From each fault to its heal. */
export function faultSpans({ windows }: ChaosRecord): Span[] {
  return windows.filter(({ lasting }) => !lasting).map(({ begin, end }) => ({ from: begin, to: end }));
}

/** The same with the time that the target has to recover: ordinary thresholds are not about it. */
export function shadowSpans({ windows }: ChaosRecord): Span[] {
  return windows
    .filter(({ lasting }) => !lasting)
    .map(({ begin, end, recoverWithin }) => ({ from: begin, to: end + (recoverWithin ?? 0) }));
}

/**
 * The verdict with what the faults add to it.
 *
 *     errors above a bound, in a fault or without      fail
 *     the generator shaped the numbers                 invalid
 *     a fault could not be made, passed nobody,        invalid
 *     or had nothing steady before it
 *     the target did not recover in time               fail
 *     any other threshold                              as it was judged
 */
export function withChaos(judgement: Judgement, chaos: ChaosResult): Judgement {
  const failed = chaos.faults.filter(({ outcome }) => outcome === 'fail');
  const verdict = failed.length > 0 ? failWith(failed, judgement) : judgement;
  if (hasErrors(judgement, failed)) return verdict;
  if (judgement.verdict === 'invalid') return judgement;
  const doubt = doubtOf(chaos);
  return doubt === null ? verdict : { ...judgement, verdict: 'invalid', reason: doubt };
}

function failWith([first, ...others]: readonly JudgedFault[], judgement: Judgement): Judgement {
  const more = others.length > 0 ? `; ${others.length} more of the faults failed, too` : '';
  const also = judgement.verdict === 'fail' ? ` ${judgement.reason}` : '';
  return { ...judgement, verdict: 'fail', reason: `${first?.sentence}${more}.${also}` };
}

/** Answers were wrong, and not only late. */
function hasErrors({ thresholds }: Judgement, failed: readonly JudgedFault[]): boolean {
  const inThresholds = thresholds.some(
    ({ outcome, threshold }) => outcome === 'fail' && ['errors', 'failures'].includes(threshold.metric),
  );
  return (
    inThresholds ||
    failed.some(({ errors, during }) => errors !== null && during !== null && !holds(errors, during.errors))
  );
}

/** Why the faults tell nothing of the target; null when they do. */
function doubtOf({ troubles, proxies, faults }: ChaosResult): string | null {
  const [trouble] = troubles;
  if (trouble !== undefined) return trouble;
  const idle = proxies.find(({ used }) => used === false);
  if (idle) {
    const where = `MARTEAU_PROXY_${idle.name.toUpperCase().replace(/\W/g, '_')}`;
    const hint =
      idle.control === null
        ? `Let the app connect to the address in ${where}.`
        : 'Let the app connect to its backend by that proxy.';
    return `Nothing went through proxy ${idle.name}, so nothing was broken for the app. ${hint}`;
  }
  const untold = faults.find(({ outcome }) => outcome === 'invalid');
  return untold === undefined ? null : `${untold.sentence}.`;
}
