import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scenarios } from '../fixtures/scenarios.ts';
import { buildResults } from './build-results.ts';

test('events stand in their order on the time of the load; what the file ended, and another version, are among them', () => {
  const input = scenarios['stop-if']();
  const measurements = input.measurements!;
  const startedAt = Date.parse(measurements.startedAt);
  const sentence = 'The deployed version changed during the run, from 1.4 to 1.5.';
  const [node, ...others] = measurements.nodes;
  const limits = [{ code: 'version-changed', sentence, share: 1 }];
  const { events } = buildResults({
    ...input,
    measurements: {
      ...measurements,
      nodes: [{ ...node!, generator: { ...node!.generator, limits } }, ...others],
    },
    events: [
      {
        type: 'fault',
        at: startedAt + 9_000,
        kind: 'app',
        title: 'App ended',
        detail: 'exit code 1',
        duration: 0,
      },
      {
        type: 'fault',
        at: startedAt - 500,
        kind: 'node',
        title: 'Node lost',
        detail: 'forge-3',
        duration: 0,
      },
    ],
  });
  assert.deepEqual(
    events.map(({ at, title }) => [Math.round(at / 1000), title]),
    [
      [-0, 'Node lost'],
      [9, 'App ended'],
      [24, 'Stopped by the file'],
      [Math.round((Date.parse(measurements.endedAt) - startedAt) / 1000), 'Another version is deployed'],
    ],
  );
  assert.equal(events.at(-1)!.detail, sentence);
});
