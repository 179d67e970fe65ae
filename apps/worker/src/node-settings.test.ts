import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from './config.ts';

test('roles, labels and the limit of a submitter are read from the environment', () => {
  const { node, perSubmitter } = readConfig({
    MARTEAU_NODE: 'load-1',
    MARTEAU_ROLES: 'load',
    MARTEAU_LABELS: 'region=eu, disk=ssd',
    MARTEAU_PER_SUBMITTER: '2',
  });
  assert.deepEqual(node, { name: 'load-1', roles: ['load'], labels: { region: 'eu', disk: 'ssd' } });
  assert.equal(perSubmitter, 2);
});

test('a worker does everything unless it is told otherwise', () => {
  const { node, perSubmitter } = readConfig({});
  assert.deepEqual([node.roles, node.labels, perSubmitter], [['desk', 'load'], {}, null]);
});

for (const { env, says } of [
  { env: { MARTEAU_ROLES: 'desk, mail' }, says: /MARTEAU_ROLES is "desk, mail"; it takes desk/ },
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
