import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress } from '@marteau/mail';
import { ConfigError, NODE_NAME_PATTERN } from '@marteau/store';
import { readConfig } from './config.ts';

test('needs nothing', () => {
  const config = readConfig({});
  assert.equal(config.redisUrl, 'redis://127.0.0.1:6379');
  assert.equal(config.publicUrl, 'http://127.0.0.1:3000');
  assert.equal(config.sources.allowPrivate, false);
});

test('names itself as a node and a sender may be named, whatever the host is called', () => {
  const { node, mail } = readConfig({});
  assert.match(node.name, NODE_NAME_PATTERN);
  assert.ok(readAddress(mail.from));
});

test('sends mails as the host of MARTEAU_URL, unless that is no name or a sender is set', () => {
  const from = (env: Record<string, string>) => readConfig(env).mail.from;
  assert.equal(from({ MARTEAU_URL: 'https://marteau.example.com:8443/' }), 'marteau@marteau.example.com');
  assert.equal(from({ MARTEAU_URL: 'https://m.example', MARTEAU_MAIL_FROM: 'a@b.example' }), 'a@b.example');
  for (const url of ['', 'http://localhost:3000', 'http://192.0.2.1', 'http://[2001:db8::1]:3000'])
    assert.equal(from({ MARTEAU_URL: url }), from({}), url);
});

test('reads what is set', () => {
  const config = readConfig({
    MARTEAU_URL: 'https://marteau.example.com/',
    SMTP_URL: 'smtp://mail.example.com',
    MARTEAU_MAIL_DOMAINS: 'example.com, example.org',
    MARTEAU_CLONE_TIMEOUT: '2.5',
    MARTEAU_NODES_TIMEOUT: '3600',
    MARTEAU_ALLOW_PRIVATE: '1',
  });
  assert.equal(config.publicUrl, 'https://marteau.example.com');
  assert.deepEqual(config.mail.domains, ['example.com', 'example.org']);
  assert.deepEqual([config.deadlines.clone, config.deadlines.nodes], [2500, 3_600_000]);
  assert.equal(config.sources.allowPrivate, true);
});

test('reads where probes are answered, on loopback unless another address is named', () => {
  const probes = (text: string) => readConfig({ MARTEAU_PROBES: text }).probes;
  assert.deepEqual(probes('9464'), { host: '127.0.0.1', port: 9464 });
  assert.deepEqual(probes('0.0.0.0:9464'), { host: '0.0.0.0', port: 9464 });
  assert.deepEqual(probes('[::]:9464'), { host: '::', port: 9464 });
  assert.equal(readConfig({ MARTEAU_IDLE_EXIT: '5m' }).idleExitMs, 300_000);
});

test('writes an IPv6 address as a URL needs it', () => {
  assert.equal(readConfig({ HOST: '::1', PORT: '80' }).publicUrl, 'http://[::1]:80');
});

for (const { env, says } of [
  { env: { MARTEAU_KEEP_GB: '-1' }, says: /MARTEAU_KEEP_GB is "-1"; it takes a number above 0, or/ },
  { env: { MARTEAU_GRACE: 'long' }, says: /MARTEAU_GRACE is "long"; it takes a number of seconds/ },
  { env: { MARTEAU_IDLE_EXIT: 'soon' }, says: /MARTEAU_IDLE_EXIT is "soon"; it takes a duration above 0/ },
  { env: { MARTEAU_IDLE_EXIT: '0' }, says: /MARTEAU_IDLE_EXIT/ },
  { env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'otel:4318' }, says: /it takes the address of a receiver of OTLP/ },
  {
    env: { OTEL_EXPORTER_OTLP_HEADERS: 'secret' },
    says: /^OTEL_EXPORTER_OTLP_HEADERS takes names with values/,
  },
  { env: { MARTEAU_PROBES: 'here' }, says: /MARTEAU_PROBES is "here"; it takes a port/ },
  { env: { MARTEAU_PROBES: '1.2.3.4:99999' }, says: /MARTEAU_PROBES/ },
  { env: { MARTEAU_MAIL_FROM: 'a@b.c, d@e.f' }, says: /MARTEAU_MAIL_FROM/ },
  { env: { MARTEAU_MAIL_FROM: 'Ana <ana@b.c>, Bob <bob@b.c>' }, says: /MARTEAU_MAIL_FROM/ },
  { env: { MARTEAU_MAIL_FROM: 'Ana\r\nBcc: x <ana@b.c>' }, says: /MARTEAU_MAIL_FROM/ },
]) {
  test(`refuses ${JSON.stringify(env)}`, () =>
    assert.throws(
      () => readConfig(env),
      (error: Error) => error instanceof ConfigError && says.test(error.message),
    ));
}

test('names every mistake at once', () => {
  assert.throws(() => readConfig({ MARTEAU_URL: 'x', MARTEAU_GRACE: '-1' }), /MARTEAU_URL.*MARTEAU_GRACE/s);
});
