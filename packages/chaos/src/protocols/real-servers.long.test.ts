// The servers and clients that people use, through every behaviour that fits them. Skipped where they are not installed.
import assert from 'node:assert/strict';
import { chmod, chown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { createTempFolder, freePort, startRedis, startSmtpServer, waitUntil } from '@marteau/testkit';
import { behaviors } from '../behaviors/index.ts';
import { openClient } from '../fixtures/client.ts';
import { findProgram, missing, type Ran, run, start } from '../fixtures/programs.ts';
import { startTestProxy, type TestProxy } from '../fixtures/proxies.ts';
import type { BehaviorSetting } from '../proxy/behavior-setting.ts';

/** With these everything still works, only slower. */
const harmless: BehaviorSetting[] = [
  { behavior: 'dummy' },
  { behavior: 'delay', options: { sleep: '20ms' } },
  { behavior: 'delay', options: { sleep: '20ms', before: false } },
  { behavior: 'latency', options: { latency: 10, jitter: 5 } },
  { behavior: 'bandwidth', options: { rate: 1000 } },
  { behavior: 'slow_close', options: { delay: 10 } },
  { behavior: 'slicer', options: { average_size: 7, size_variation: 5 } },
  { behavior: 'loss', probability: 0.3, options: { rto: 10 } },
  { behavior: 'throttle', options: { rate: 200 } },
  { behavior: 'limit_data', options: { bytes: 1e9 } },
];

/** With these the client fails, and fails at once. */
const harmful: BehaviorSetting[] = [
  { behavior: 'blackout' },
  { behavior: 'error' },
  { behavior: 'transient', options: { agitate: 100 } },
  { behavior: 'abort' },
  { behavior: 'timeout', options: { timeout: 50 } },
  { behavior: 'reset_peer' },
  { behavior: 'limit_data', options: { bytes: 10 } },
  { behavior: 'down' },
  { behavior: 'refuse' },
];

test('every behaviour is tried below, but for hang and corrupt, with which a client may wait for ever', () => {
  const tried = new Set([...harmless, ...harmful].map(({ behavior }) => behavior));
  assert.deepEqual(
    behaviors.map(({ name }) => name).filter((name) => !tried.has(name)),
    ['hang', 'corrupt'],
  );
});

/** Uses a server through each behaviour, and once more when it is gone. */
async function tryAll({ proxy, events }: TestProxy, use: () => Promise<Ran>, works: RegExp): Promise<void> {
  for (const setting of harmless) {
    await proxy.setBehaviors([setting]);
    assert.match((await use()).output, works, `with ${JSON.stringify(setting)}`);
  }
  for (const setting of harmful) {
    await proxy.setBehaviors([setting]);
    assert.doesNotMatch((await use()).output, works, `with ${JSON.stringify(setting)}`);
  }
  await proxy.setBehaviors([]);
  assert.match((await use()).output, works, 'healed');
  const strange = events.filter(
    ({ behavior, detail }) => behavior === 'proxy' && /treated as tcp/.test(detail),
  );
  assert.deepEqual(strange, [], 'all of it was understood');
}

test('redis-cli', { skip: missing('redis-cli') }, async () => {
  await using redis = await startRedis();
  await using tested = await startTestProxy(`127.0.0.1:${redis.port}`, { protocol: 'redis' });
  const use = () =>
    run('redis-cli', ['-h', '127.0.0.1', '-p', String(tested.port), '-3', 'INCRBYFLOAT', 'a', '1']);
  await tryAll(tested, use, /^\d+\n$/);
  await tested.proxy.setBehaviors([{ behavior: 'error', options: { message: 'LOADING wait' } }]);
  assert.match((await use()).output, /LOADING wait/);
});

test('memcached', { skip: missing('memcached') }, async () => {
  const port = await freePort();
  await using _server = start('memcached', [
    '-p',
    String(port),
    '-l',
    '127.0.0.1',
    '-U',
    '0',
    '-u',
    'nobody',
  ]);
  await waitUntil('memcached', async () => {
    using client = await openClient(port);
    return client.socket.readyState === 'open' && (await client.ask('version\r\n', '\r\n'));
  });
  await using tested = await startTestProxy(`127.0.0.1:${port}`, { protocol: 'memcache' });
  const use = async (): Promise<Ran> => {
    using client = await openClient(tested.port);
    client.socket.write('set k 0 0 5\r\nhello\r\nget k nothing\r\n');
    const got = await Promise.race([
      client.over,
      waitUntil('END', () => /END\r\n|ERROR/.test(client.text()) && 'answered'),
    ]);
    return { code: got === 'answered' ? 0 : 1, output: client.text() };
  };
  await tryAll(tested, use, /^STORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\n$/);
  await tested.proxy.setBehaviors([{ behavior: 'error', match: { command: 'get' } }]);
  assert.match((await use()).output, /^STORED\r\nSERVER_ERROR broken on purpose\r\n$/);
});

test('swaks', { skip: missing('swaks') }, async () => {
  await using server = await startSmtpServer();
  await using tested = await startTestProxy(server.url.slice('smtp://'.length), { protocol: 'smtp' });
  const to = ['--to', 'a@example.com', '--from', 'b@example.com', '--pipeline', '--timeout', '5'];
  const use = () => run('swaks', ['--server', '127.0.0.1', '--port', String(tested.port), ...to]);
  await tryAll(tested, use, /250 OK: message queued/);
  await tested.proxy.setBehaviors([{ behavior: 'error', match: { command: 'MAIL' } }]);
  assert.match((await use()).output, /421 4\.3\.2 Service not available/);
});

describe('databases', () => {
  test('postgres', { skip: missing('initdb', 'postgres', 'psql') }, async () => {
    await using folder = await createTempFolder();
    const uid = process.getuid?.() === 0 ? 65534 : undefined; // it refuses to run as root
    if (uid !== undefined) {
      await chown(folder.path, uid, uid);
      const around = dirname(folder.path);
      await chmod(around, (await stat(around)).mode | 0o011); // or that user cannot reach it
    }
    const port = await freePort();
    const made = await run('initdb', ['-D', folder.path, '-U', 'me', '--auth=trust', '--no-sync'], { uid });
    assert.equal(made.code, 0, made.output);
    const settings = [
      '-c',
      `unix_socket_directories=${folder.path}`,
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'fsync=off',
    ];
    await using _server = start('postgres', ['-D', folder.path, '-p', String(port), ...settings], uid);
    const ask = (onPort: number, ...sql: string[]) =>
      run('psql', ['-h', '127.0.0.1', '-p', String(onPort), '-U', 'me', '-Atc', ...sql, 'postgres'], {
        env: { PGSSLMODE: 'prefer', PGCONNECT_TIMEOUT: '5' },
      });
    await waitUntil('postgres', async () => (await ask(port, 'select 1')).code === 0);
    await using tested = await startTestProxy(`127.0.0.1:${port}`, { protocol: 'postgres' });
    await tryAll(
      tested,
      () => ask(tested.port, "select sum(x) || ' in all' from generate_series(1, 1000) x"),
      /^500500 in all\n$/,
    );
    await tested.proxy.setBehaviors([{ behavior: 'error', match: { command: 'DELETE' } }]);
    const some = await ask(
      tested.port,
      'create table t as select 1 as x; select x from t',
      '-c',
      'delete from t',
      '-c',
      'select count(*) from t',
    );
    assert.match(some.output, /broken on purpose/);
    await tested.proxy.setBehaviors([{ behavior: 'error', match: { command: 'LOGIN' } }]);
    assert.match((await ask(tested.port, 'select 1')).output, /the database system is starting up/);
  });

  test('mariadb', { skip: missing('mariadbd', 'mariadb', 'mariadb-install-db') }, async () => {
    await using folder = await createTempFolder();
    const port = await freePort();
    const mine = [
      '--no-defaults',
      `--datadir=${folder.path}`,
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    ];
    const made = await run('mariadb-install-db', [
      ...mine,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ]);
    assert.equal(made.code, 0, made.output);
    const socket = `${folder.path}/s`;
    await using _server = start('mariadbd', [
      ...mine,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${socket}`,
      `--pid-file=${folder.path}/p`,
      '--skip-name-resolve',
    ]);
    const ask = (onPort: number, sql: string) =>
      run('mariadb', [
        '--no-defaults',
        '--protocol=tcp',
        '-h127.0.0.1',
        `-P${onPort}`,
        '-uroot',
        '-N',
        '--skip-ssl',
        '--connect-timeout=5',
        '-e',
        sql,
      ]);
    await waitUntil('mariadb', async () => (await ask(port, 'select 1')).code === 0);
    await using tested = await startTestProxy(`127.0.0.1:${port}`, { protocol: 'mysql' });
    await tryAll(
      tested,
      () =>
        ask(
          tested.port,
          "select concat(sum(seq), ' in all') from mysql.user, (select 500500 seq limit 1) s where user = 'root' group by user limit 1; select 7",
        ),
      /\d+ in all\n7\n$/,
    );
    await tested.proxy.setBehaviors([
      { behavior: 'error', match: { command: 'SELECT' }, options: { message: 'gone fishing' } },
    ]);
    assert.match((await ask(tested.port, 'select 1')).output, /ERROR 1105 \(HY000\).*gone fishing/);
  });
});

test('what is skipped says why', () => {
  assert.equal(missing('no-such-program'), 'no-such-program not on this machine');
  assert.ok(findProgram('sh'));
});
