import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scenarios } from '../../fixtures/scenarios.ts';
import { buildResults } from '../../results/build-results.ts';
import type { Results } from '../../schema/results.ts';
import { renderReport } from '../render-report.ts';
import { healthOf } from './health.ts';
import { hostsOf } from './hosts.ts';
import { timeAxis } from './time-axis.ts';

const watched = buildResults(scenarios.hosts());
const lost = { ...watched, events: buildResults(scenarios['lost-node']()).events } satisfies Results;

describe('charts over time', () => {
  test('have every event on their axis: generator, hosts, the timeline alike', () => {
    const [event] = timeAxis(lost).events;
    assert.match(event!.title, /Node lost/);
    assert.deepEqual(healthOf(lost)!.events, [event]);
    for (const { chart } of hostsOf(lost)) if (chart) assert.deepEqual(chart.events, [event]);
    const html = renderReport(lost);
    const drawn = html.match(/<(rect|path) class="event"/g) ?? [];
    const panels = html.match(/<div class="panel" data-panel="/g) ?? [];
    assert.ok(panels.length > 10);
    assert.equal(drawn.length, panels.length);
    assert.match(html, /<title>1m 52s Node lost/);
  });

  test('have a table of at most 60 rows each, with the highest of every part', () => {
    const charts = [healthOf(watched), ...hostsOf(watched).map(({ chart }) => chart)].filter(
      (chart) => !!chart,
    );
    assert.equal(charts.length, 3);
    for (const { table } of charts) {
      const rows = table.bodies[0]!.rows;
      assert.ok(rows.length > 20 && rows.length <= 60);
      for (const { cells } of rows) assert.equal(cells.length, table.columns.length);
    }
    const { table } = healthOf(watched)!;
    const column = table.columns.findIndex(({ label }) => label === 'processor');
    const highest = Math.max(...table.bodies[0]!.rows.map(({ cells }) => cells[column]!.value ?? 0));
    assert.equal(highest, Math.max(...watched.load.series!.cpu));
    assert.equal(
      renderReport(watched).match(/<summary><bdi>(Generator|\w+,) over time<\/bdi> as a table/g)?.length,
      3,
    );
  });

  test('leave out what nobody measured', () => {
    const [host] = watched.hosts!;
    const without = { ...host!, memory: host!.memory.map(() => null) };
    const [{ chart } = { chart: null }] = hostsOf({ ...watched, hosts: [without] });
    assert.deepEqual(
      chart!.panels.map(({ id }) => id),
      ['load', 'host-0-cpu', 'host-0-network'],
    );
    assert.deepEqual(
      chart!.table.columns.map(({ label }) => label),
      ['from', 'users', 'processor', 'in', 'out'],
    );
  });

  test('tell the first hundred events and count the others', () => {
    const [event] = lost.events;
    const many = { ...lost, events: Array.from({ length: 140 }, () => event!) };
    assert.equal(timeAxis(many).events.length, 100);
    assert.match(renderReport(many), /40 more are in results\.json/);
  });
});
