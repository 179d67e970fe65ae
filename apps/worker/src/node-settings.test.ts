import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '@marteau/store';
import { readConfig } from './config.ts';

test('address, roles and labels are read from the environment', () => {
  const { node } = readConfig({
    MARTEAU_NODE: 'load-1',
    MARTEAU_ADDRESS: 'load-1.example.com',
    MARTEAU_ROLES: 'load',
    MARTEAU_LABELS: 'region=eu, disk=ssd',
  });
  assert.deepEqual(node, {
    name: 'load-1',
    address: 'load-1.example.com',
    roles: ['load'],
    labels: { region: 'eu', disk: 'ssd' },
  });
});

test('a worker does everything unless it is told otherwise', () => {
  const { roles, labels } = readConfig({}).node;
  assert.deepEqual([roles, labels], [['desk', 'load'], {}]);
});

for (const { env, says } of [
  { env: { MARTEAU_ROLES: 'desk, mail' }, says: /MARTEAU_ROLES is "desk, mail"; it takes desk/ },
  { env: { MARTEAU_ADDRESS: 'http://10.0.0.7' }, says: /MARTEAU_ADDRESS is .* without a port: 10\.0\.0\.7/ },
  { env: { MARTEAU_ADDRESS: '10.0.0.7:80' }, says: /MARTEAU_ADDRESS/ },
  { env: { MARTEAU_LABELS: 'eu' }, says: /MARTEAU_LABELS is "eu".*region=eu/ },
]) {
  test(`refuses ${JSON.stringify(env)}`, () => {
    assert.throws(
      () => readConfig(env),
      (error) => error instanceof ConfigError && says.test(error.message),
    );
  });
}
