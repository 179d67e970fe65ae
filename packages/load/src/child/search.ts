import type { CapacitySearch as Found, Threshold } from '@marteau/measure';
import { formatRate, type Plan, type Stage } from '@marteau/shared';
import { CapacitySearch } from '../plan/capacity-search.ts';
import { type Conductor, runSegment } from './schedule.ts';

/** A search for capacity: what a rate has to hold, and how many more are tried once one does not. */
export interface SearchJob {
  /** Empty: only the generator itself is asked. */
  readonly while: readonly Threshold[];
  readonly bisections: number;
}

/** What a search makes happen besides. */
export interface SearchConductor extends Conductor {
  beginProbe(stage: number): void;
  /** Resolves when all of a stage was measured. */
  endProbe(end: number): Promise<{ broken: string | null; saturated: boolean }>;
  /** Says to whoever watches what is tried. */
  say(text: string): void;
}

/** Tries the plan's rates one after the other until one does not hold, and then those in between. */
export async function runSearch(
  plan: Plan,
  { bisections }: SearchJob,
  conductor: SearchConductor,
): Promise<Found> {
  const warmup = plan.steps.filter(({ recorded }) => !recorded);
  const planned = plan.steps.filter(({ recorded }) => recorded);
  const search = new CapacitySearch(
    planned.map((stage) => stage.rate!.to),
    bisections,
  );
  const probes: Found['probes'] = [];
  let soonest = 0;
  for (let rate = search.next(); rate !== null; rate = search.next()) {
    const stage = stageAt(rate, planned, plan.steps.length + probes.length);
    conductor.say(`Trying ${formatRate(rate)}.`);
    conductor.beginProbe(stage.index);
    const segment = probes.length === 0 ? [...warmup, stage] : [stage];
    const end = await runSegment(segment, 0, soonest, conductor);
    if (end === null || conductor.isStopped()) break;
    const { broken, saturated } = await conductor.endProbe(end);
    soonest = conductor.now();
    const outcome = saturated ? 'saturated' : broken === null ? 'held' : 'broke';
    const sentence = saturated ? 'the generator could not keep up' : (broken ?? '');
    probes.push({ step: stage.index, rate, outcome, sentence });
    search.tell(rate, outcome === 'held');
  }
  const { holds, breaks } = search;
  return { probes, holds, breaks, sentence: sentenceOf(probes, search) };
}

/** The planned stage of that rate, or a new one. */
function stageAt(rate: number, planned: readonly Stage[], index: number): Stage {
  const known = planned.find((stage) => stage.rate?.to === rate);
  return known ?? { ...planned[0]!, index, name: formatRate(rate), rate: { from: rate, to: rate } };
}

function sentenceOf(probes: Found['probes'], { holds, breaks }: Pick<Found, 'holds' | 'breaks'>): string {
  const broken = probes.findLast(({ rate }) => rate === breaks);
  if (holds === null && !broken) return 'The search was stopped before a rate was tried to its end.';
  if (!broken) return `Holds ${formatRate(holds)}, the most that was tried.`;
  const saturated = broken.outcome === 'saturated';
  const where = `${formatRate(broken.rate)}${holds === null ? ' already' : ''}`;
  const why = saturated
    ? `At ${where} the generator, not the target, was the limit. A search runs on one node: run that rate as a stage of load: over several nodes, or search on a machine with more cores.`
    : `Breaks at ${where}: ${broken.sentence}.`;
  return holds === null ? why : `Holds ${formatRate(holds)}. ${why}`;
}
