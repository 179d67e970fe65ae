import { DEFAULT_APDEX_US } from '@marteau/measure';
import { capacityOf } from '../capacity/capacity.ts';
import { foundCapacity } from '../capacity/found-capacity.ts';
import { observe } from '../capacity/load-points.ts';
import { chaosOf } from '../chaos/chaos-of.ts';
import { compare } from '../comparison/compare.ts';
import type { Merged, MergedStage } from '../merge/merged.ts';
import { totalsOf } from '../merge/totals.ts';
import { withRecordings } from '../recordings/recordings-of.ts';
import { RESULTS_SCHEMA_NAME, type Results } from '../schema/results.ts';
import { seriesOf } from '../statistics/series.ts';
import { judge } from '../verdict/judge.ts';
import { blocksOf } from './blocks.ts';
import { eventsOf, faultsOf } from './events.ts';
import { labelResults } from './labels.ts';
import { loadSeries } from './load-series.ts';
import { evidenceOf, locationResults, measuredLocations } from './locations.ts';
import { upToLoss } from './loss.ts';
import { metricResults } from './metrics.ts';
import { nodeResults, peerFacts } from './nodes.ts';
import type { ReportInput } from './report-input.ts';
import { runFacts } from './run-facts.ts';
import { stageResults } from './stages.ts';

/**
 * Everything that is known about a run when it ended: statistics, verdict, curves. Pure: the same input gives the same
 * results, which are the content of results.json and all that `renderReport` needs.
 */
export function buildResults(input: ReportInput): Results {
  const results = resultsOf(input);
  return { ...results, comparison: compare(input.baselines ?? [], results) };
}

function resultsOf(input: ReportInput): Results {
  const { run, description, file, plan, measurements: merged, environment = {} } = input;
  const apdexThreshold = input.apdexThreshold ?? DEFAULT_APDEX_US;
  return {
    schema: RESULTS_SCHEMA_NAME,
    run: runFacts(run, input.url ?? null),
    ...(description ? { description } : {}),
    file: file === null ? null : { text: file, overrides: run.overrides },
    environment: { ...environment, ...(merged === null ? {} : peerFacts(merged)) },
    plan,
    apdexThreshold,
    ...(merged === null ? withoutLoad : measured(input, merged, apdexThreshold)),
  };
}

function measured(input: ReportInput, whole: Merged, apdexThreshold: number) {
  const { merged, loss, gone } = upToLoss(whole, input.lost ?? []);
  const totals = totalsOf(merged);
  const stages = merged.steps.filter(isRecorded);
  const locations = measuredLocations(input.locations ?? [], isRecorded);
  const events = eventsOf(input.events ?? [], merged);
  const chaos = chaosOf(merged, totals, stages, input.thresholds);
  const faults = [...faultsOf(events), ...chaos.faults];
  const shadows = [...faults, ...chaos.shadows];
  const recordings = merged.recordings ?? [];
  const ended = input.run.state === 'error' || input.run.state === 'cancelled';
  const judgedStages = stagesToJudge(merged, stages);
  const common = { steps: judgedStages, faults, shadows, apdexThreshold };
  const evidence = {
    ...common,
    merged,
    totals,
    loss,
    gone,
    ...(input.locations?.length ? { locations: evidenceOf(locations, common) } : {}),
  };
  const judgement = ended
    ? null
    : withRecordings(chaos.judged(judge(input.thresholds, evidence)), recordings);
  const results = stageResults(stages, totals, apdexThreshold);
  const { search, stoppedBy } = merged;
  return {
    model: merged.model,
    judgement,
    capacity:
      judgement &&
      (search
        ? foundCapacity(search)
        : capacityOf(results, judgement, observe(merged, stages, totals.requests))),
    ...(search ? { search } : {}),
    ...(stoppedBy ? { stoppedBy } : {}),
    load: {
      startedAt: merged.startedAt,
      endedAt: merged.endedAt,
      recordedSeconds: recordedSeconds(stages),
      series: loadSeries(merged),
    },
    comparison: null,
    steps: results,
    labels: labelResults(merged, stages, apdexThreshold),
    requests: seriesOf(totals.requests.cells, merged.grid),
    tests: seriesOf(totals.tests.cells, merged.grid),
    ...(merged.metrics.length > 0 ? { metrics: metricResults(merged, stages) } : {}),
    blocks: blocksOf(merged, stages, totals),
    failures: [...merged.failures],
    events,
    nodes: nodeResults(merged),
    ...(locations.length > 0 ? { locations: locationResults(locations, apdexThreshold) } : {}),
    ...(input.appNode !== undefined && { appNode: input.appNode }),
    ...(merged.hosts.length > 0 ? { hosts: [...merged.hosts] } : {}),
    ...(merged.source ? { source: merged.source } : {}),
    ...(merged.connections ? { connections: merged.connections } : {}),
    ...(chaos.result ? { chaos: chaos.result } : {}),
    ...(recordings.length > 0 ? { recordings: [...recordings] } : {}),
    notes: [...merged.notes],
  };
}

function isRecorded({ plan }: MergedStage): boolean {
  return plan.recorded && plan.model !== 'pause';
}

/** Stages of loads that run side by side are the same time. */
function recordedSeconds(stages: readonly MergedStage[]): number {
  let until = Number.NEGATIVE_INFINITY;
  let seconds = 0;
  for (const step of stages.toSorted((a, b) => a.begin - b.begin)) {
    const covered = Math.max(0, Math.min(until, step.end) - step.begin) / 1000;
    seconds += Math.max(0, step.seconds - covered);
    until = Math.max(until, step.end);
  }
  return seconds;
}

/** A search goes on until something breaks: thresholds of the file are about the rates that held. */
function stagesToJudge({ search }: Merged, stages: readonly MergedStage[]): readonly MergedStage[] {
  if (search === null) return stages;
  const held = new Set(search.probes.filter(({ outcome }) => outcome === 'held').map(({ step }) => step));
  return held.size === 0 ? stages : stages.filter(({ plan }) => held.has(plan.index));
}

/** A run that was cancelled, or failed before any load. */
const withoutLoad = {
  model: null,
  judgement: null,
  capacity: null,
  comparison: null,
  load: { startedAt: null, endedAt: null, recordedSeconds: 0, series: null },
  steps: [],
  labels: [],
  requests: null,
  tests: null,
  blocks: [],
  failures: [],
  events: [],
  nodes: [],
  notes: [],
};
