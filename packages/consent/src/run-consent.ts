import { mostRate, mostUsers, type ResolvedFile } from '@marteau/file';
import { MarteauError, type TargetDecision } from '@marteau/shared';
import { counted } from './counted.ts';
import { type Decided, type DecideOptions, decide, ownApp, readPlace } from './decide.ts';
import { destinationsOf } from './destinations.ts';

type Wants = Pick<ResolvedFile, 'load' | 'nodes' | 'mark'>;

/** Decides of each place that a run of a file may reach. @throws the signal's reason */
export async function decideAll(file: ResolvedFile, options: DecideOptions): Promise<Decided[]> {
  const targets = file.targets.filter((each) => URL.canParse(each));
  const named = new Set(targets.map((each) => readPlace(each).name));
  const others = destinationsOf(file).filter((place) => !named.has(place));
  return Promise.all([...new Set([...targets, ...others])].map((place) => decide(place, options)));
}

/** The hosts of each place that a run of a file may reach. */
export function hostsOf(file: ResolvedFile): string[] {
  return [...new Set(destinationsOf(file).map((place) => readPlace(place).host))];
}

/** What was decided, for the record; the app that a run starts itself stands for no target of its file. */
export function decisionsOf(
  file: Pick<ResolvedFile, 'targets' | 'app'>,
  decided: readonly Decided[],
): TargetDecision[] {
  const own = file.targets.length === 0 && file.app !== null ? [ownApp] : [];
  return [...own, ...decided.map(({ decision }) => decision)];
}

/**
 * Why a run may not begin; null where it may.
 * @param isRequired whether targets have to be asked: only then are requests to say where they come from
 */
export function whyNotBegin(
  file: Wants,
  decisions: readonly TargetDecision[],
  { isRequired }: { isRequired: boolean },
): MarteauError | null {
  const denied = decisions.find(({ by }) => by === 'denied');
  if (denied) return new MarteauError('target-denied', { place: denied.target });
  const refused = decisions.find(({ by }) => by === 'refused');
  if (refused) return new MarteauError('consent-missing', { target: refused.target, why: refused.why });
  const beyond = decisions.flatMap((decision) => beyondOf(file, decision));
  if (beyond.length > 0) return new MarteauError('consent-beyond', { list: beyond.join('; ') });
  const marked = isRequired && !file.mark && decisions.find(({ unmarked }) => !unmarked);
  return marked ? new MarteauError('mark-needed', { target: marked.target }) : null;
}

/** What of a load goes beyond a target's limits, each as part of a sentence. */
export function beyondOf(
  { load, nodes }: Wants,
  decision: Pick<TargetDecision, 'target' | 'rate' | 'users' | 'nodes'>,
): string[] {
  const { target } = decision;
  const wanted = [
    ['rate', mostRate(load.plan), 'iteration/s', 'request/s'],
    ['users', mostUsers(load.plan), 'user', 'user'],
    ['nodes', nodes.count, 'node', 'node'],
  ] as const;
  return wanted.flatMap(([name, wants, unit, ofLimit]) => {
    const limit = decision[name];
    if (limit === null) return [];
    const allows = `${target} allows ${counted(limit, ofLimit)} at most, and`;
    if (load.kind === 'own' && name !== 'nodes')
      return [`${allows} what the tool’s own plan sends is not known before; a load in .marteau.yml is`];
    return wants > limit ? [`${allows} the load has ${counted(wants, unit)}`] : [];
  });
}
