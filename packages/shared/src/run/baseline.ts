import type { Run } from './run.ts';

/**
 * Whether a run says how the project does: neither a repeat that confirms another one, nor a script tried once, nor one
 * of a pull request, which may never be merged.
 */
export function isComparable({ kind, cause }: Pick<Run, 'kind' | 'cause'>): boolean {
  return kind === 'normal' && cause?.pull === undefined;
}

/** Whether a run is one that others can be compared with: it passed, and ran to its end as it was planned. */
export function canBeBaseline(run: Pick<Run, 'verdict' | 'stopped' | 'changed' | 'kind' | 'cause'>): boolean {
  return run.verdict === 'pass' && !run.stopped && run.changed !== true && isComparable(run);
}

/** Whether a run says how the default branch does, as far as that is known. */
export function isOnDefault(run: Pick<Run, 'kind' | 'cause' | 'ref'>): boolean {
  if (!isComparable(run)) return false;
  return run.cause === undefined ? run.ref === null : run.cause.isDefault === true;
}

type Tested = Pick<Run, 'project' | 'test' | 'profile' | 'target'>;

/** By what a target is reached, such as 'https'; '' for an app that the file starts. */
export function protocolOf(target: string | null): string {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(target ?? '')?.[1]?.toLowerCase() ?? '';
}

/** Whether two targets are known to be reached by different protocols. */
export function areOfTwoProtocols(a: string | null, b: string | null): boolean {
  const [one, other] = [protocolOf(a), protocolOf(b)];
  return one !== '' && other !== '' && one !== other;
}

/** Whether two runs did the same by the same protocol: only then do their numbers say something about each other. */
export function isSameTest(a: Tested, b: Tested): boolean {
  const isSame = a.project === b.project && a.test === b.test && a.profile === b.profile;
  return isSame && !areOfTwoProtocols(a.target, b.target);
}

type Comparable = Tested & Pick<Run, 'id' | 'verdict' | 'stopped' | 'changed' | 'kind' | 'cause'>;

/** Whether a run is one that another can be compared with. */
export function isBaselineOf(other: Comparable, run: Tested & Pick<Run, 'id'>): boolean {
  return other.id !== run.id && canBeBaseline(other) && isSameTest(other, run);
}
