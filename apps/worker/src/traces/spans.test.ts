import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run } from '@marteau/shared';
import { spanOfJob, spansOfRun } from './spans.ts';

const at = (second: number) => new Date(1_800_000_000_000 + second * 1000).toISOString();

const run = {
  id: 'r1',
  project: 'https://git.example.com/shop',
  kind: 'normal',
  trigger: 'api',
  nodes: 2,
  state: 'finished',
  verdict: 'pass',
  reason: null,
  submittedAt: at(0),
  endedAt: at(9),
  timeline: [
    { state: 'queued', at: at(0) },
    { state: 'preparing', at: at(1) },
    { state: 'waiting', at: at(3) },
    { state: 'running', at: at(5) },
    { state: 'reporting', at: at(8) },
    { state: 'finished', at: at(9) },
  ],
} as unknown as Run;

test('a run is one trace: its way, each state, and the jobs of all nodes', () => {
  const [root, ...states] = spansOfRun(run);
  assert.deepEqual([root?.name, root?.status, root?.parentSpanId], ['run', { code: 1 }, undefined]);
  assert.deepEqual(
    states.map(({ name, startTimeUnixNano: from, endTimeUnixNano: to }) => [
      name,
      (Number(to) - Number(from)) / 1e9,
    ]),
    [
      ['queued', 1],
      ['preparing', 2],
      ['waiting', 2],
      ['running', 3],
      ['reporting', 1],
    ],
  );
  const done = { name: 'share-1-0', node: 'n1', begun: 1_800_000_005_000, ended: 1_800_000_008_000 };
  const job = spanOfJob('r1', { ...done, outcome: 'failed' });
  assert.deepEqual([job.name, job.status.code], ['share', 2]);
  for (const span of [...states, job])
    assert.deepEqual([span.traceId, span.parentSpanId], [root?.traceId, root?.spanId]);
  assert.match(root!.traceId, /^[0-9a-f]{32}$/);
  assert.match(root!.spanId, /^[0-9a-f]{16}$/);
  assert.equal(new Set([root, ...states, job].map((span) => span?.spanId)).size, 7);
  assert.deepEqual(spansOfRun(run), [root, ...states], 'sent twice it is the same');
});

test('a run that ended in error says why', () => {
  const [root] = spansOfRun({ ...run, state: 'error', verdict: null, reason: 'No such script.' });
  assert.deepEqual(root?.status, { code: 2, message: 'No such script.' });
});
