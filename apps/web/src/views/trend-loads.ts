import { protocolOf, type Run } from '@marteau/shared';

/** What runs have to share to be one trend, and when the last of them was submitted. */
export type TrendLoad = Pick<Run, 'test' | 'profile'> & { load: string; at: string };

export function trendLoad(run: Run): TrendLoad {
  return { test: run.test, profile: run.profile, load: loadOf(run), at: run.submittedAt };
}

/** Of runs of 0.1.0 it is not known which load they were of: they are of any, but where an override says another. */
export function isSameLoad(a: TrendLoad, b: TrendLoad): boolean {
  const isSame = a.load === b.load || a.load === '' || b.load === '';
  return a.test === b.test && a.profile === b.profile && isSame;
}

function loadOf({ summary, overrides, target }: Run): string {
  if (summary?.load !== undefined) return summary.load;
  return Object.keys(overrides).length > 0 ? JSON.stringify([protocolOf(target), overrides]) : '';
}

/** Each once, the one that ran last before the others. @param runs newest first */
export function trendLoads(runs: readonly Run[]): TrendLoad[] {
  const loads = runs.map(trendLoad);
  const keys = loads.map(({ test, profile, load }) => JSON.stringify([test, profile, load]));
  return loads.filter((_, i) => keys.indexOf(keys[i]!) === i);
}

/** What people call it: its test and profile; '' for all of the script. */
export function trendName({ test, profile }: Pick<TrendLoad, 'test' | 'profile'>): string {
  return [test, profile === null ? null : `profile ${profile}`].filter((part) => part !== null).join(', ');
}

/** The same beside others, which may have the same name. */
export function trendNameAmong(one: TrendLoad, all: readonly TrendLoad[]): string {
  const isTwin = all.some((other) => other !== one && trendName(other) === trendName(one));
  return `${trendName(one) || 'all of the script'}${isTwin ? `, the load of ${one.at.slice(0, 10)}` : ''}`;
}

/** The address of its page on this server. */
export function trendPath(project: string, { test, profile, load }: TrendLoad): string {
  return `/trend?${new URLSearchParams({ project, test: test ?? '', profile: profile ?? '', load })}`;
}
