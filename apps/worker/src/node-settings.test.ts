import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from './config.ts';

test('address, roles, labels and the limit of a submitter are read from the environment', () => {
  const { node, perSubmitter } = readConfig({
    MARTEAU_NODE: 'load-1',
    MARTEAU_ADDRESS: 'load-1.example.com',
    MARTEAU_ROLES: 'load',
    MARTEAU_LABELS: 'region=eu, disk=ssd',
    MARTEAU_PER_SUBMITTER: '2',
  });
  assert.deepEqual(node, {
    name: 'load-1',
    address: 'load-1.example.com',
    roles: ['load'],
    labels: { region: 'eu', disk: 'ssd' },
  });
  assert.equal(perSubmitter, 2);
});

test('a worker does everything unless it is told otherwise', () => {
  const { node, perSubmitter } = readConfig({});
  assert.deepEqual([node.roles, node.labels, perSubmitter], [['desk', 'load'], {}, null]);
});

for (const { env, says } of [
  { env: { MARTEAU_ROLES: 'desk, mail' }, says: /MARTEAU_ROLES is "desk, mail"; it takes desk/ },
  { env: { MARTEAU_ADDRESS: 'http://10.0.0.7' }, says: /MARTEAU_ADDRESS is .* without a port: 10\.0\.0\.7/ },
  { env: { MARTEAU_ADDRESS: '10.0.0.7:80' }, says: /MARTEAU_ADDRESS/ },
  { env: { MARTEAU_LABELS: 'eu' }, says: /MARTEAU_LABELS is "eu".*region=eu/ },
  { env: { MARTEAU_PER_SUBMITTER: '0' }, says: /MARTEAU_PER_SUBMITTER is "0"; it takes a whole number/ },
]) {
  test(`refuses ${JSON.stringify(env)}`, () => {
    assert.throws(
      () => readConfig(env),
      (error) => error instanceof ConfigError && says.test(error.message),
    );
  });
}
