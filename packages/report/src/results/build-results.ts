import { type Results, resultsSchemaName } from '@marteau/shared';
import { capacityOf } from '../capacity/capacity.ts';
import { observe } from '../capacity/load-points.ts';
import { compare } from '../comparison/compare.ts';
import type { Merged } from '../merge/merged.ts';
import { totalsOf } from '../merge/totals.ts';
import { defaultApdexThreshold } from '../statistics/apdex.ts';
import { seriesOf } from '../statistics/series.ts';
import { judge } from '../verdict/judge.ts';
import { blocksOf } from './blocks.ts';
import { eventsOf, faultsOf } from './events.ts';
import { labelResults } from './labels.ts';
import { loadSeries } from './load-series.ts';
import { nodeResults } from './nodes.ts';
import type { ReportInput } from './report-input.ts';
import { runFacts } from './run-facts.ts';
import { stepResults } from './steps.ts';

/**
 * Everything that is known about a run when it ended: statistics, verdict, curves. Pure: the same input gives the same
 * results, which are the content of results.json and all that `renderReport` needs.
 */
export function buildResults(input: ReportInput): Results {
  const results = resultsOf(input);
  const { baselines = [] } = input;
  const isComparable = results.judgement !== null && results.judgement.verdict !== 'invalid';
  return isComparable ? { ...results, comparison: compare(baselines, results) } : results;
}

function resultsOf(input: ReportInput): Results {
  const { run, file, plan, measurements: merged, environment = {} } = input;
  const apdexThreshold = input.apdexThreshold ?? defaultApdexThreshold;
  return {
    schema: resultsSchemaName,
    run: runFacts(run, input.url ?? null),
    file: file === null ? null : { text: file, overrides: run.overrides },
    environment: { ...environment },
    plan,
    apdexThreshold,
    ...(merged === null ? withoutLoad : measured(input, merged, apdexThreshold)),
  };
}

function measured(input: ReportInput, merged: Merged, apdexThreshold: number) {
  const totals = totalsOf(merged);
  const steps = merged.steps.filter((step) => step.plan.recorded && step.plan.model !== 'pause');
  const events = eventsOf(input.events ?? [], merged.startedAt);
  const evidence = { merged, totals, steps, faults: faultsOf(events), apdexThreshold };
  const ended = input.run.state === 'error' || input.run.state === 'cancelled';
  const judgement = ended ? null : judge(input.thresholds, evidence);
  const results = stepResults(steps, totals, apdexThreshold);
  return {
    model: merged.model,
    judgement,
    capacity: judgement && capacityOf(results, judgement, observe(merged, steps, totals.requests)),
    load: {
      startedAt: merged.startedAt,
      endedAt: merged.endedAt,
      recordedSeconds: steps.reduce((sum, { seconds }) => sum + seconds, 0),
      series: loadSeries(merged),
    },
    comparison: null,
    steps: results,
    labels: labelResults(merged, steps, apdexThreshold),
    requests: seriesOf(totals.requests.cells, merged.grid),
    tests: seriesOf(totals.tests.cells, merged.grid),
    blocks: blocksOf(merged, steps, totals),
    failures: [...merged.failures],
    events,
    nodes: nodeResults(merged),
    notes: [...merged.notes],
  };
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
