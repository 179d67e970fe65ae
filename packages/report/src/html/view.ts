import { formatLatency } from '@marteau/shared';
import type { Results } from '../schema/results.ts';
import { pageData } from './page-data.ts';
import { safeLink, scriptJson } from './text.ts';
import { againInWords } from './views/again.ts';
import { chaosView } from './views/chaos.ts';
import { comparisonView, nothingToCompare } from './views/comparison.ts';
import { contentTable } from './views/content-table.ts';
import { distributionOf } from './views/distribution.ts';
import { failuresView } from './views/failures.ts';
import { headOf } from './views/head.ts';
import { healthOf } from './views/health.ts';
import { hostsOf } from './views/hosts.ts';
import { kindsView } from './views/kinds.ts';
import { labelDetails } from './views/label-details.ts';
import { labelsView } from './views/labels.ts';
import { loadSection, noLoad } from './views/load-section.ts';
import { locationsTable } from './views/locations-table.ts';
import { metricsTable } from './views/metrics-table.ts';
import { nodesTable } from './views/nodes-table.ts';
import { outcomesTable, phasesTable } from './views/outcomes.ts';
import { startParts } from './views/parts.ts';
import { planFacts } from './views/plan-facts.ts';
import { probesTable } from './views/probes-table.ts';
import { recordingsView } from './views/recordings-table.ts';
import { slowestTable } from './views/slowest.ts';
import { spectrumView } from './views/spectrum.ts';
import { thresholdsView } from './views/thresholds.ts';
import { timeTable } from './views/time-table.ts';
import { timelineOf } from './views/timeline.ts';

/** Everything that the template shows, in words. */
export function viewOf(results: Results): object {
  const { make, missing } = startParts();
  const health = make('Generator over time', null, () => healthOf(results));
  const hosts = make('Hosts of the target', [], () => hostsOf(results));
  const chaos = make('Broken on purpose', null, () => chaosView(results));
  const kinds = make('Sockets and streams', null, () => kindsView(results));
  const others = [health, kinds?.chart, chaos?.chart, ...hosts.map(({ chart }) => chart)].filter(
    (chart) => !!chart,
  );
  const view = {
    results,
    head: headOf(results),
    thresholds: thresholdsView(results),
    timeline: make('Over time', null, () => timelineOf(results)),
    timeTable: make('Over time as a table', null, () => timeTable(results)),
    steps: make('Load', noLoad, () => loadSection(results)),
    slowest: make('Slowest requests', null, () => slowestTable(results)),
    distribution: make('Requests by response time', null, () => distributionOf(results)),
    spectrum: make('Response time by percentile', null, () => spectrumView(results)),
    content: make('What was run', null, () => contentTable(results)),
    labels: make('Labels', null, () => labelsView(results)),
    details: make('Each label', [], () => labelDetails(results)),
    change: make('Change', null, () => comparisonView(results)),
    nothingToCompare: nothingToCompare(results),
    failures: make('Failures and errors', { groups: [], left: 0 }, () => failuresView(results)),
    outcomes: make('Answers', null, () => outcomesTable(results)),
    phases: make('Where the time went', null, () => phasesTable(results)),
    locations: make('Locations', null, () => locationsTable(results)),
    nodes: make('Generator', null, () => nodesTable(results)),
    health,
    hosts,
    chaos,
    kinds,
    metrics: make('Metrics and checks of the script', null, () => metricsTable(results)),
    recordings: make('Stand-ins for third parties', null, () => recordingsView(results)),
    probes: make('What the search tried', null, () => probesTable(results)),
    confirmation: results.confirmation?.sentence ?? '',
    planFacts: planFacts(results),
    overrides: overridesInWords(results),
    again: againInWords(results),
    runPage: safeLink(results.run.url),
    apdexThreshold: formatLatency(results.apdexThreshold),
    data: make('The script of the charts', 'null', () => scriptJson(pageData(results, others))),
  };
  return { ...view, notes: notesOf(results, missing), contents: contentsOf(view) };
}

/** More remarks than this are no first screen. */
const MOST_NOTES = 12;

function notesOf({ notes }: Results, missing: readonly string[]): string[] {
  const all = [...missing, ...notes];
  const left = all.length - MOST_NOTES;
  return left > 0 ? [...all.slice(0, MOST_NOTES), `${left} more remarks are in results.json.`] : all;
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
  kinds: object | null;
  recordings: object | null;
  change: object | null;
  failures: { groups: readonly object[] };
  outcomes: object | null;
  phases: object | null;
  hosts: readonly object[];
  chaos: object | null;
  locations: object | null;
  nodes: object | null;
}): { id: string; title: string }[] {
  return [
    { id: 'content', title: 'Summary', isThere: true },
    { id: 'steps', title: 'Load', isThere: view.steps.requests !== null },
    { id: 'labels', title: 'Labels', isThere: view.labels !== null },
    { id: 'kinds', title: 'Sockets and streams', isThere: view.kinds !== null },
    { id: 'metrics', title: 'Metrics', isThere: view.metrics !== null },
    { id: 'change', title: 'Change', isThere: view.change !== null },
    { id: 'failures', title: 'Failures', isThere: view.failures.groups.length > 0 },
    { id: 'answers', title: 'Answers', isThere: view.outcomes !== null || view.phases !== null },
    { id: 'chaos', title: 'Faults', isThere: view.chaos !== null },
    { id: 'recordings', title: 'Stand-ins', isThere: view.recordings !== null },
    { id: 'hosts', title: 'Hosts', isThere: view.hosts.length > 0 },
    { id: 'locations', title: 'Locations', isThere: view.locations !== null },
    { id: 'generator', title: 'Generator', isThere: view.nodes !== null },
    { id: 'configuration', title: 'Configuration', isThere: true },
    { id: 'definitions', title: 'Definitions', isThere: true },
  ].filter(({ isThere }) => isThere);
}
