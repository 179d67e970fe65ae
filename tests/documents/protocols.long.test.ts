import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServiceDefinition, type sendUnaryData } from '@grpc/grpc-js';
import { createTempFolder, freePort, waitUntil } from '@marteau/testkit';
import { cycle, measure, metricOf, statsOf } from '../../packages/load/src/fixtures/run-script.ts';
import { exampleOf } from './protocol-examples.ts';

const steps = [cycle(2, { rampMs: 0, durationMs: 20_000, iterations: { count: 2, per: 'user' } })];
const POSTGRES = 'postgres';
const hasPostgres = ['initdb', POSTGRES, 'psql'].every((name) => spawnSync('which', [name]).status === 0);

test('the guide’s example with PostgreSQL runs as load, and is measured', {
  skip: !hasPostgres,
}, async () => {
  await using folder = await createTempFolder();
  const uid = process.getuid?.() === 0 ? 65_534 : undefined; // it refuses to run as root
  if (uid !== undefined) {
    await chown(folder.path, uid, uid);
    const around = dirname(folder.path);
    await chmod(around, (await stat(around)).mode | 0o011); // or that user cannot reach it
  }
  const port = await freePort();
  const init = ['-D', folder.path, '-U', 'me', '--auth=trust', '--no-sync'];
  await promisify(execFile)('initdb', init, { uid });
  const settings = ['-c', `unix_socket_directories=${folder.path}`, '-c', 'listen_addresses=127.0.0.1'];
  const server = spawn(POSTGRES, ['-D', folder.path, '-p', String(port), ...settings], {
    uid,
    stdio: 'ignore',
  });
  try {
    const url = `postgres://me@127.0.0.1:${port}/postgres`;
    const ask = () => promisify(execFile)('psql', [url, '-c', 'create table if not exists orders (id int)']);
    await waitUntil('postgres', () => ask().then(Boolean, () => false));
    const { metrics = [], failures } = await measure({
      script: exampleOf('other-kinds.md', 0),
      job: { env: { DATABASE_URL: url } },
      steps,
    });
    assert.deepEqual(failures, []);
    assert.equal(metricOf({ metrics } as never, 'time', 'orders', 'sql')?.count, 4);
  } finally {
    server.kill();
    await once(server, 'exit');
  }
});

const proto = `syntax = "proto3";
package shop.v1;
message Wanted { int32 id = 1; }
message Order { string state = 1; }
service Orders { rpc Get (Wanted) returns (Order); }
`;

test('the guide’s example with gRPC runs as load, and is measured', async () => {
  const server = new Server();
  const service = {
    get: {
      path: '/shop.v1.Orders/Get',
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  } as unknown as ServiceDefinition;
  // Field 1, a string: "paid".
  const paid = Buffer.from([0x0a, 4, ...Buffer.from('paid')]);
  server.addService(service, { get: (_call: unknown, done: sendUnaryData<Buffer>) => done(null, paid) });
  const port = await promisify(server.bindAsync).call(
    server,
    '127.0.0.1:0',
    ServerCredentials.createInsecure(),
  );
  try {
    const measurements = await measure({
      files: { 'script.test.ts': exampleOf('grpc.md', 0), 'proto/orders.proto': proto },
      job: { env: { ORDERS: `127.0.0.1:${port}` } },
      steps,
    });
    assert.deepEqual(measurements.failures, []);
    assert.deepEqual(statsOf(measurements, '/shop.v1.Orders/Get').outcomes, { 'grpc 0 OK': 4 });
  } finally {
    server.forceShutdown();
  }
});
