import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError } from '@marteau/store';
import { readConfig } from './config.ts';

const token = '0123456789abcdef';

describe('what stops the start with a sentence', () => {
  for (const [env, sentence] of [
    [{ PORT: 'http' }, /PORT is "http".*0 to 65535/],
    [{ PORT: '70000' }, /PORT/],
    [{ MARTEAU_ACCESS_TOKEN: 'short' }, /5 characters, which can be guessed/],
    [{ MARTEAU_ACCESS_TOKEN: 'short', HOST: '0.0.0.0' }, /^MARTEAU_ACCESS_TOKEN has 5 characters.*$/],
    [{ HOST: '0.0.0.0' }, /HOST is 0\.0\.0\.0.*MARTEAU_ACCESS_TOKEN/],
    [{ HOST: '::' }, /MARTEAU_ACCESS_TOKEN/],
    [{ MARTEAU_TRUSTED_PROXIES: '10.0.0.0/8, proxy' }, /names "proxy"; it takes addresses and networks/],
    [{ MARTEAU_TRUSTED_PROXIES: '10.0.0.0/33' }, /10\.0\.0\.0\/33/],
    [{ MARTEAU_LOG: 'loud', PORT: 'http' }, /MARTEAU_LOG.*\n.*PORT/],
  ] as [Record<string, string>, RegExp][]) {
    test(JSON.stringify(env), () => {
      assert.throws(
        () => readConfig(env, '/srv'),
        (error: Error) => error instanceof ConfigError && sentence.test(error.message),
      );
    });
  }
});

test('nothing has to be set', () => {
  const { host, port, outbox, accessToken } = readConfig({}, '/srv');
  assert.deepEqual([host, port, outbox, accessToken], ['127.0.0.1', 3000, '/srv/data/outbox', null]);
});

test('with a token every address may be listened on', () => {
  const config = readConfig({ HOST: '0.0.0.0', MARTEAU_ACCESS_TOKEN: token }, '/srv');
  assert.equal(config.host, '0.0.0.0');
});

for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) {
  test(`${host} is loopback and needs no token`, () =>
    assert.equal(readConfig({ HOST: host }, '/').host, host));
}
