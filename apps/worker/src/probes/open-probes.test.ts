import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openProbes } from './open-probes.ts';

const worker = {
  standing: () => ({ isBusy: true, isLeaving: true }),
  metrics: async () => 'x 1\n',
  mayWatch: async (bearer: string) => bearer === 'right',
};

test('probes say how the worker does, in a status', async () => {
  const probes = await openProbes({ host: '127.0.0.1', port: 0 }, worker);
  const ask = async (path: string) => (await fetch(probes.url + path)).status;
  assert.deepEqual(
    [await ask('/healthz'), await ask('/readyz'), await ask('/busyz'), await ask('/x')],
    [200, 503, 200, 404],
  );
  assert.equal(await (await fetch(`${probes.url}/metrics`)).text(), 'x 1\n');
  await probes.close();
});

test('where other machines may ask, figures take a key', async () => {
  const probes = await openProbes({ host: '0.0.0.0', port: 0 }, worker);
  const url = `http://127.0.0.1:${new URL(probes.url).port}/metrics`;
  const ask = async (authorization: string) => (await fetch(url, { headers: { authorization } })).status;
  assert.deepEqual([await ask(''), await ask('Bearer wrong'), await ask('Bearer right')], [401, 401, 200]);
  await probes.close();
});
