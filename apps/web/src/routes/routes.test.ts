import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedRun, joinNode, submitRun } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

test('every page answers, empty and with runs', async () => {
  await using bed = await openTestbed();
  for (const path of ['/', '/new', '/runs', '/projects', '/nodes', '/outbox', '/docs', '/sign-in']) {
    const answer = await bed.get(path);
    assert.ok([200, 303].includes(answer.status), `${path}: ${answer.status} ${await answer.text()}`);
  }
  await joinNode(bed.store, 'n1');
  const waiting = await submitRun(bed.store);
  const ended = await finishedRun(bed.store);
  for (const path of [
    '/',
    '/?part=now',
    '/runs',
    '/projects',
    '/nodes',
    `/runs/${waiting.id}`,
    `/runs/${ended.id}`,
  ]) {
    const answer = await bed.get(path);
    assert.equal(answer.status, 200, `${path}: ${await answer.clone().text()}`);
  }
});
