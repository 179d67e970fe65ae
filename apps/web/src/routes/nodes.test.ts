import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { waitUntil } from '@marteau/testkit';
import { joinNode, submitRun } from '../fixtures/drive-run.ts';
import { openTestbed } from '../fixtures/testbed.ts';

test('a node is tested when it is free, and its sentence stays with it', async () => {
  await using bed = await openTestbed();
  const heard: string[] = [];
  const node = await joinNode(bed.store, 'n1', (order) => heard.push(order));
  assert.equal((await bed.submitForm('/nodes/n1/test')).status, 303);
  await waitUntil('the order to arrive', () => heard.includes('test'));
  assert.equal(await node.beginTest(), true);
  const [entry] = await bed.store.nodes.list();
  assert.equal(entry?.state, 'busy');
  const busy = await bed.call('POST', '/api/v1/nodes/n1/test');
  assert.equal(busy.status, 409);
  assert.match(await busy.text(), /node-not-free/);

  // A run that comes meanwhile waits until the test is over.
  const run = await submitRun(bed.store);
  await run.enterLine();
  await bed.store.reconcile();
  assert.equal((await bed.store.runs.get(run.id))?.state, 'waiting');
  const at = new Date().toISOString();
  await node.endTest({ at, rate: 8000, sentence: 'This node generates 8,000/s for certain with 3 threads.' });
  await run.start(node);
  assert.match(await (await bed.get('/nodes')).text(), /generates 8,000\/s for certain/);
  const { nodes } = (await (await bed.call('GET', '/api/v1/nodes')).json()) as {
    nodes: { calibratedRate: number }[];
  };
  assert.equal(nodes[0]?.calibratedRate, 8000);
  assert.equal(await node.beginTest(), false, 'it generates load');
});

test('a node is stopped: it takes no more, and its worker hears of it', async () => {
  await using bed = await openTestbed();
  const heard: string[] = [];
  await joinNode(bed.store, 'n1', (order) => heard.push(order));
  assert.equal((await bed.call('POST', '/api/v1/nodes/n1/stop')).status, 204);
  await waitUntil('the order to arrive', () => heard.includes('stop'));
  assert.equal((await bed.store.nodes.list())[0]?.state, 'draining');
  assert.equal((await bed.call('POST', '/api/v1/nodes/none/stop')).status, 404);
  assert.equal((await bed.call('POST', '/api/v1/nodes/n1/forget')).status, 409);
});

test('a Redis that may lose the queue is told of on the page, and by the probe', async () => {
  await using bed = await openTestbed();
  assert.deepEqual(await (await bed.call('GET', '/readyz')).json(), { status: 'ok', warnings: [] });
  const socket = connect(Number(new URL(bed.redis.url).port), '127.0.0.1');
  socket.end('CONFIG SET appendonly no\r\nQUIT\r\n').resume();
  await once(socket, 'close');
  assert.match(await (await bed.get('/nodes')).text(), /Redis runs with appendonly no/);
  const { warnings } = (await (await bed.call('GET', '/readyz')).json()) as { warnings: string[] };
  assert.equal(warnings.length, 1);
});

test('the queue is paused and resumed, on the page and by the API', async () => {
  await using bed = await openTestbed();
  await joinNode(bed.store, 'n1');
  assert.equal((await bed.submitForm('/queue/pause')).status, 303);
  assert.match(await (await bed.get('/nodes')).text(), /The queue is paused.*action="\/queue\/resume"/s);
  assert.deepEqual(await (await bed.call('GET', '/api/v1/queue')).json(), { paused: true });
  const run = await submitRun(bed.store);
  await run.enterLine();
  await bed.store.reconcile();
  assert.match(await (await bed.get(`/runs/${run.id}`)).text(), /the queue is paused/);
  assert.deepEqual(await (await bed.call('POST', '/api/v1/queue/resume')).json(), { paused: false });
  await waitUntil('it to run', async () => {
    await bed.store.reconcile();
    return (await bed.store.runs.get(run.id))?.state === 'running';
  });
});
