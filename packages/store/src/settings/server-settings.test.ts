import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, Environment } from './environment.ts';
import { readServerSettings } from './server-settings.ts';

function read(variables: Record<string, string>) {
  const environment = new Environment(variables);
  const settings = readServerSettings(environment, '/srv');
  environment.check();
  return settings;
}

test('nothing has to be set', () => {
  assert.deepEqual(read({}), {
    redisUrl: 'redis://127.0.0.1:6379',
    dataFolder: '/srv/data',
    bucket: null,
    url: null,
    smtpUrl: null,
    sources: { allowPrivate: false, allowHosts: undefined },
    outside: { allowPrivate: true, deny: undefined, targets: undefined, consent: false },
    admins: [],
    contact: null,
    secretsFile: null,
    perSubmitter: null,
    nodesMax: null,
    logLevel: 'info',
  });
});

test('what is empty is not set, and spaces around a value do not count', () => {
  assert.deepEqual(read({ MARTEAU_URL: '', MARTEAU_PER_SUBMITTER: ' ', MARTEAU_LOG: ' debug ' }), {
    ...read({}),
    logLevel: 'debug',
  });
});

test('a public address loses its slash', () => {
  assert.equal(read({ MARTEAU_URL: 'https://m.example.com/' }).url, 'https://m.example.com');
});

test('paths are relative to where the program runs', () => {
  const { dataFolder, secretsFile } = read({ MARTEAU_DATA: '/var/marteau', MARTEAU_SECRETS: 'secrets.yml' });
  assert.deepEqual([dataFolder, secretsFile], ['/var/marteau', '/srv/secrets.yml']);
});

test('targets are asked where there are several people, or where that is wanted', () => {
  const url = { MARTEAU_URL: 'https://m.example.com' };
  assert.equal(read(url).outside.consent, false);
  assert.equal(read({ ...url, MARTEAU_CONSENT: 'required' }).outside.consent, true);
  const shared = read({ ...url, MARTEAU_ADMIN: 'ana@example.com' });
  assert.deepEqual([shared.outside.consent, shared.contact], [true, 'ana@example.com']);
  const contact = { MARTEAU_ADMIN: 'ana@example.com', MARTEAU_CONTACT: 'ops@example.com' };
  assert.equal(read({ ...url, ...contact }).contact, 'ops@example.com');
});

describe('what stops the start with a sentence', () => {
  for (const [env, sentence] of [
    [{ REDIS_URL: 'localhost:6379' }, /REDIS_URL is no address of a Redis/],
    [{ REDIS_URL: 'http://:secret@localhost' }, /^REDIS_URL(?!.*secret).*rediss:/],
    [{ MARTEAU_URL: 'marteau.example.com' }, /MARTEAU_URL is "marteau\.example\.com".*https:\/\/marteau/],
    [{ MARTEAU_URL: 'https://example.com/marteau' }, /root of its host.*https:\/\/example\.com\./],
    [{ SMTP_URL: 'smtp://mail' }, /SMTP_URL is set and MARTEAU_URL is not/],
    [{ SMTP_URL: 'mail.example.com', MARTEAU_URL: 'http://m' }, /^SMTP_URL is no address of an SMTP server/],
    [{ MARTEAU_ALLOW_PRIVATE: 'yes' }, /MARTEAU_ALLOW_PRIVATE is "yes"; it takes one of 0, false, 1, true/],
    [{ MARTEAU_ALLOW_HOSTS: 'git.example.com, https://x' }, /MARTEAU_ALLOW_HOSTS/],
    [{ MARTEAU_FOLDERS: '/mnt/runs' }, /MARTEAU_FOLDERS cannot be used.*s3:\/\//],
    [{ MARTEAU_FOLDERS: 's3://a:b@load' }, /MARTEAU_FOLDERS cannot be used: it holds credentials/],
    [{ MARTEAU_PER_SUBMITTER: '0' }, /MARTEAU_PER_SUBMITTER is "0"; it takes a whole number/],
    [{ MARTEAU_CONSENT: 'yes' }, /MARTEAU_CONSENT is "yes"; it takes one of required, accounts/],
    [{ MARTEAU_CONSENT: 'required' }, /MARTEAU_CONSENT is "required" and MARTEAU_URL is not set/],
    [{ MARTEAU_LOG: 'loud' }, /MARTEAU_LOG is "loud"; it takes one of fatal, error/],
  ] as [Record<string, string>, RegExp][]) {
    test(JSON.stringify(env), () => {
      assert.throws(
        () => read(env),
        (error: Error) => error instanceof ConfigError && sentence.test(error.message),
      );
    });
  }

  test('all of it at once', () => {
    assert.throws(() => read({ MARTEAU_URL: 'x', MARTEAU_LOG: 'loud' }), /MARTEAU_URL.*\n.*MARTEAU_LOG/);
  });
});
