import { formatLatency, type Results } from '@marteau/shared';
import { pageData } from './page-data.ts';
import { safeLink, scriptJson } from './text.ts';
import { againInWords } from './views/again.ts';
import { candlesticksOf } from './views/candlesticks.ts';
import { chaosView } from './views/chaos.ts';
import { comparisonView, nothingToCompare } from './views/comparison.ts';
import { contentTable } from './views/content-table.ts';
import { distributionOf } from './views/distribution.ts';
import { failuresView } from './views/failures.ts';
import { headOf } from './views/head.ts';
import { healthOf } from './views/health.ts';
import { hostsOf } from './views/hosts.ts';
import { busiest, labelsView, labelTable } from './views/labels.ts';
import { apdexCurve, iterationsCurve, rateCurve } from './views/load-curves.ts';
import { metricsTable } from './views/metrics-table.ts';
import { nodesTable } from './views/nodes-table.ts';
import { outcomesInWords, outcomesTable, phasesTable } from './views/outcomes.ts';
import { probesTable } from './views/probes-table.ts';
import { recordingsView } from './views/recordings-table.ts';
import { slowestTable } from './views/slowest.ts';
import { spectrumView } from './views/spectrum.ts';
import { stepsTable } from './views/steps-table.ts';
import { thresholdsView } from './views/thresholds.ts';
import { timeTable } from './views/time-table.ts';
import { timelineOf } from './views/timeline.ts';

/** Labels that have a detail of their own, and the rows of all these together. */
const mostDetails = 60;
const mostDetailRows = 400;

/** Everything that the template shows, in words. */
export function viewOf(results: Results): object {
  const timeline = timelineOf(results);
  const labels = labelsView(results);
  const failures = failuresView(results);
  const outcomes = outcomesTable(results);
  const phases = phasesTable(results);
  const nodes = nodesTable(results);
  const health = healthOf(results);
  const hosts = hostsOf(results);
  const chaos = chaosView(results);
  const others = [health, chaos?.chart, ...hosts.map(({ chart }) => chart)].filter((chart) => !!chart);
  const view = {
    results,
    head: headOf(results),
    thresholds: thresholdsView(results),
    timeline,
    timeTable: timeTable(results),
    steps: stepsView(results),
    slowest: slowestTable(results),
    distribution: distributionOf(results),
    spectrum: spectrumView(results),
    content: contentTable(results),
    labels,
    details: detailsOf(results),
    change: comparisonView(results),
    nothingToCompare: nothingToCompare(results),
    failures,
    outcomes,
    phases,
    nodes,
    health,
    hosts,
    chaos,
    metrics: metricsTable(results),
    recordings: recordingsView(results),
    probes: probesTable(results),
    confirmation: results.confirmation?.sentence ?? '',
    overrides: overridesInWords(results),
    again: againInWords(results),
    runPage: safeLink(results.run.url),
    apdexThreshold: formatLatency(results.apdexThreshold),
    data: scriptJson(pageData(results, others)),
  };
  return { ...view, contents: contentsOf(view) };
}

function stepsView(results: Results) {
  if (results.steps.length === 0)
    return { requests: null, tests: null, curve: null, iterations: null, apdex: null, sticks: null };
  const names = new Map(results.steps.map(({ plan }) => [plan.index, plan.name]));
  const isCurve = results.steps.length > 1;
  return {
    requests: stepsTable(results, 'requests'),
    tests: stepsTable(results, 'tests'),
    curve: isCurve ? rateCurve(results) : null,
    iterations: isCurve ? iterationsCurve(results) : null,
    apdex: isCurve ? apdexCurve(results) : null,
    sticks: isCurve
      ? candlesticksOf(
          results.steps.map(({ requests }) => requests),
          names,
        )
      : null,
  };
}

function detailsOf(results: Results) {
  if (results.steps.length === 0) return [];
  const names = new Map(results.steps.map(({ plan }) => [plan.index, plan.name]));
  const most = Math.min(mostDetails, Math.ceil(mostDetailRows / results.steps.length));
  return busiest(results.labels, most).map((label) => ({
    name: label.name,
    kind: label.kind,
    table: labelTable(label, results),
    outcomes: outcomesInWords(label),
    sticks: label.steps.length > 1 ? candlesticksOf(label.steps, names) : null,
  }));
}

function overridesInWords({ file }: Results): string {
  const overrides = Object.entries(file?.overrides ?? {});
  return overrides.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join('\n');
}

function contentsOf(view: {
  timeline: object | null;
  steps: { requests: object | null };
  labels: object | null;
  metrics: object | null;
  recordings: object | null;
  change: object | null;
  failures: { groups: readonly object[] };
  outcomes: object | null;
  phases: object | null;
  hosts: readonly object[];
  chaos: object | null;
  nodes: object | null;
}): { id: string; title: string }[] {
  return [
    { id: 'content', title: 'Summary', isThere: true },
    { id: 'steps', title: 'Load', isThere: view.steps.requests !== null },
    { id: 'labels', title: 'Labels', isThere: view.labels !== null },
    { id: 'metrics', title: 'Metrics', isThere: view.metrics !== null },
    { id: 'change', title: 'Change', isThere: view.change !== null },
    { id: 'failures', title: 'Failures', isThere: view.failures.groups.length > 0 },
    { id: 'answers', title: 'Answers', isThere: view.outcomes !== null || view.phases !== null },
    { id: 'chaos', title: 'Faults', isThere: view.chaos !== null },
    { id: 'recordings', title: 'Stand-ins', isThere: view.recordings !== null },
    { id: 'hosts', title: 'Hosts', isThere: view.hosts.length > 0 },
    { id: 'generator', title: 'Generator', isThere: view.nodes !== null },
    { id: 'configuration', title: 'Configuration', isThere: true },
    { id: 'definitions', title: 'Definitions', isThere: true },
  ].filter(({ isThere }) => isThere);
}
