import {
  addConnections,
  addPeers,
  addStarts,
  type FailureGroup,
  FailureGroups,
  type Label,
  type Measurements,
  type Starts,
} from '@marteau/measure';
import { recordingsOf } from '../recordings/recordings-of.ts';
import { mergeSeries } from './cells.ts';
import { commonGrid, recordedIntervals } from './grid.ts';
import { addLoad, loadOf } from './load.ts';
import type { Grid, Merged, MergedCloseUp, MergedLabel, MergedNode, MergedStage } from './merged.ts';
import { mergeMetrics } from './metrics.ts';
import { sourceOf } from './source.ts';
import { addStats, readStats } from './stats.ts';

/** Proxies stand beside one share; its moments are those of its own load. */
function chaosOf(list: readonly Measurements[], offsets: readonly number[]): Merged['chaos'] {
  const at = list.findIndex(({ chaos }) => chaos !== undefined);
  const chaos = list[at]?.chaos;
  if (chaos === undefined) return null;
  const offset = offsets[at]!;
  return {
    ...chaos,
    windows: chaos.windows.map((one) => ({ ...one, begin: one.begin + offset, end: one.end + offset })),
    seconds: chaos.seconds.map((one) => ({ ...one, at: one.at + offset })),
  };
}

/** Shares begin at one barrier. What looks later than this is a clock that is wrong, not a share that is late. */
const BELIEVABLE_SKEW_MS = 2_000;

/**
 * What all shares measured together, as if one node had generated the whole load: percentiles of the result are those
 * of one histogram that recorded everything.
 * @param list one document per share, in any order; at least one
 * @throws Error when the list is empty or a histogram cannot be read
 */
export function mergeMeasurements(list: readonly Measurements[]): Merged {
  const first = list[0];
  if (first === undefined) throw new Error('there are no measurements to merge');
  const sorted = list.toSorted((a, b) => a.share.index - b.share.index);
  const { offsets, notes } = startOffsets(sorted);
  const grid = commonGrid(sorted, offsets);
  const steps = mergeStages(sorted, offsets);
  const recorded = recordedIntervals(grid, steps);
  const loads = sorted.map(({ load }, i) => loadOf(load, grid, offsets[i]!));
  return {
    model: sorted.every(({ model }) => model === first.model) ? first.model : 'mixed',
    engine: first.engine,
    startedAt: sorted.map(({ startedAt }) => startedAt).toSorted()[0]!,
    endedAt: sorted
      .map(({ endedAt }) => endedAt)
      .toSorted()
      .at(-1)!,
    stopped: sorted.some(({ stopped }) => stopped),
    shares: Math.max(...sorted.map(({ share }) => share.of)),
    steps,
    labels: mergeLabels(sorted, offsets, grid, recorded),
    source: sourceOf(sorted),
    grid,
    closeUp: mergeCloseUps(sorted, offsets, grid, steps),
    load: addLoad(grid, loads),
    failures: mergeFailures(
      sorted.map(({ failures }) => failures),
      offsets,
    ),
    metrics: mergeMetrics(sorted, offsets, grid),
    search: searchOf(sorted),
    stoppedBy: sorted.flatMap(({ stoppedBy }) => stoppedBy ?? []).toSorted((a, b) => a.at - b.at)[0] ?? null,
    hosts: sorted.flatMap(({ hosts = [] }, i) =>
      hosts.map((host) => ({ ...host, at: host.at.map((at) => at + offsets[i]!) })),
    ),
    peer: addPeers(sorted.flatMap(({ peer }) => peer ?? [])),
    connections: sorted.some(({ connections }) => connections)
      ? addConnections(sorted.flatMap(({ connections }) => connections ?? []))
      : null,
    chaos: chaosOf(sorted, offsets),
    recordings: recordingsOf(sorted),
    notes: [...new Set([...sorted.flatMap((share) => share.notes), ...notes])],
    nodes: sorted.map((share, i) => nodeOf(share, loads[i]!)),
  };
}

/** All shares search together, so each has found the same; the one that tried most tells it. */
function searchOf(list: readonly Measurements[]): Merged['search'] {
  const searches = list.flatMap(({ search }) => search ?? []);
  return searches.toSorted((a, b) => b.probes.length - a.probes.length)[0] ?? null;
}

/** Ms by which each share began after the first one; 0 for all where the clocks cannot be believed. */
function startOffsets(list: readonly Measurements[]): { offsets: number[]; notes: string[] } {
  const starts = list.map(({ startedAt }) => Date.parse(startedAt));
  const earliest = Math.min(...starts);
  const skew = Math.max(...starts) - earliest;
  if (skew <= BELIEVABLE_SKEW_MS) return { offsets: starts.map((start) => start - earliest), notes: [] };
  const note = `The clocks of the nodes differ by ${Math.round(skew / 1000)} s. Their curves are laid over each other as if all had begun at once, which they did to within a quarter of a second.`;
  return { offsets: starts.map(() => 0), notes: [note] };
}

function mergeStages(list: readonly Measurements[], offsets: readonly number[]): MergedStage[] {
  const windows = list.flatMap(({ steps }, i) =>
    steps.map((step) => ({ ...step, begin: step.begin + offsets[i]!, end: step.end + offsets[i]! })),
  );
  const indexes = [...new Set(windows.map(({ plan }) => plan.index))].sort((a, b) => a - b);
  const stages = indexes.map((index) => {
    const same = windows.filter(({ plan }) => plan.index === index);
    return {
      plan: same[0]!.plan,
      begin: Math.min(...same.map(({ begin }) => begin)),
      end: Math.max(...same.map(({ end }) => end)),
      seconds: Math.max(0, ...same.map(({ begin, end }) => (end - begin) / 1000)),
      complete: same.length === list.length && same.every(({ complete }) => complete),
      starts: startsOf(same),
    };
  });
  // What a stage became when somebody changed its load has a later number, and its place is where it was.
  return stages.some(({ plan }) => plan.changed) ? stages.sort((a, b) => a.begin - b.begin) : stages;
}

function startsOf(same: readonly { readonly starts?: Starts }[]): Starts | null {
  const known = same.flatMap(({ starts }) => starts ?? []);
  return known.length > 0 ? addStarts(known) : null;
}

interface LabelPart {
  readonly label: Label;
  readonly offset: number;
  /** Those that are true, where a tool told no others. */
  readonly quantiles: readonly number[] | null;
}

function mergeLabels(
  list: readonly Measurements[],
  offsets: readonly number[],
  grid: Grid,
  recorded: readonly boolean[],
): MergedLabel[] {
  const byName = new Map<string, LabelPart[]>();
  list.forEach(({ labels, source }, i) => {
    for (const label of labels) {
      const key = `${label.kind} ${label.name}`;
      const known = byName.get(key) ?? [];
      known.push({ label, offset: offsets[i]!, quantiles: source?.known ?? null });
      byName.set(key, known);
    }
  });
  return [...byName.values()].map((parts) => mergeLabel(parts, grid, recorded));
}

function mergeLabel(parts: readonly LabelPart[], grid: Grid, recorded: readonly boolean[]): MergedLabel {
  const { kind, name } = parts[0]!.label;
  const stats = parts.flatMap(({ label, quantiles }) =>
    label.steps.map((each) => readStats(each, quantiles)),
  );
  const indexes = [...new Set(stats.map(({ step }) => step))].sort((a, b) => a - b);
  return {
    kind,
    name,
    steps: indexes.map((index) => addStats(stats.filter(({ step }) => step === index))),
    cells: mergeSeries(
      parts.map(({ label, offset }) => ({ series: label.series, offset })),
      grid,
      recorded,
    ),
  };
}

function nodeOf(share: Measurements, load: readonly (Measurements['load'][number] | null)[]): MergedNode {
  const requests = share.labels
    .filter(({ kind }) => kind === 'request')
    .flatMap(({ steps }) => steps)
    .reduce((total, { count }) => total + count, 0);
  return {
    node: share.node,
    share: share.share.index,
    startedAt: share.startedAt,
    requests,
    load: load.filter((point) => point !== null),
    generator: share.generator,
  };
}

/** The failure groups of all shares: those that mean the same become one, the most frequent first. */
function mergeFailures(
  shares: readonly (readonly FailureGroup[])[],
  offsets: readonly number[],
): FailureGroup[] {
  const groups = new FailureGroups();
  shares.forEach((share, i) => {
    for (const group of share) groups.add(shifted(group, offsets[i]!));
  });
  return groups.all();
}

function shifted(group: FailureGroup, offset: number): FailureGroup {
  if (offset === 0) return group;
  return {
    ...group,
    first: group.first + offset,
    last: group.last + offset,
    samples: group.samples.map((sample) => ({ ...sample, at: sample.at + offset })),
  };
}

const SECOND_MS = 1000;

/**
 * What all shares looked at closely, as one; null where the grid is as fine, or a share did not look.
 * @param offsets ms by which each share began later than the first
 */
function mergeCloseUps(
  list: readonly Measurements[],
  offsets: readonly number[],
  { width, length }: Grid,
  stages: readonly MergedStage[],
): MergedCloseUp | null {
  const all = list.map(({ closeUp }) => closeUp);
  const stretches = all[0]?.stretches ?? [];
  if (width <= SECOND_MS || stretches.length === 0 || all.includes(undefined)) return null;
  const grid = { width: SECOND_MS, length: Math.ceil((length * width) / SECOND_MS) };
  const shares = all.map((closeUp, i) => ({ series: closeUp!.series, offset: offsets[i]! }));
  return { stretches, grid, cells: mergeSeries(shares, grid, recordedIntervals(grid, stages)) };
}
