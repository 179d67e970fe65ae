import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, readConfig } from './config.ts';

const token = '0123456789abcdef';

describe('what stops the start with a sentence', () => {
  for (const [env, sentence] of [
    [{ PORT: 'http' }, /PORT is "http".*0 to 65535/],
    [{ PORT: '70000' }, /PORT/],
    [{ MARTEAU_URL: 'marteau.example.com' }, /MARTEAU_URL.*https:\/\/marteau\.example\.com/],
    [{ MARTEAU_URL: 'https://example.com/marteau' }, /root of its host.*https:\/\/example\.com\./],
    [{ REDIS_URL: 'http://localhost' }, /REDIS_URL.*rediss:/],
    [{ MARTEAU_ALLOW_PRIVATE: 'maybe' }, /MARTEAU_ALLOW_PRIVATE/],
    [{ MARTEAU_ALLOW_HOSTS: 'git.example.com, https://x' }, /MARTEAU_ALLOW_HOSTS/],
    [{ MARTEAU_ACCESS_TOKEN: 'short' }, /5 characters, which can be guessed/],
    [{ MARTEAU_FOLDERS: '/mnt/runs' }, /MARTEAU_FOLDERS cannot be used.*s3:\/\//],
    [{ HOST: '0.0.0.0' }, /HOST is 0\.0\.0\.0.*MARTEAU_ACCESS_TOKEN/],
    [{ HOST: '::' }, /MARTEAU_ACCESS_TOKEN/],
    [{ SMTP_URL: 'smtp://mail' }, /SMTP_URL is set and MARTEAU_URL is not/],
    [{ MARTEAU_LOG: 'loud' }, /MARTEAU_LOG.*debug/],
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
  const config = readConfig({}, '/srv');
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.port, 3000);
  assert.equal(config.data, '/srv/data');
  assert.equal(config.outbox, '/srv/data/outbox');
  assert.equal(config.accessToken, null);
  assert.equal(config.sources.allowPrivate, false);
});

test('with a token every address may be listened on', () => {
  const config = readConfig({ HOST: '0.0.0.0', MARTEAU_ACCESS_TOKEN: token }, '/srv');
  assert.equal(config.host, '0.0.0.0');
});

for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) {
  test(`${host} is loopback and needs no token`, () =>
    assert.equal(readConfig({ HOST: host }, '/').host, host));
}

test('a public address loses its slash', () => {
  assert.equal(readConfig({ MARTEAU_URL: 'https://m.example.com/' }, '/').url, 'https://m.example.com');
});
