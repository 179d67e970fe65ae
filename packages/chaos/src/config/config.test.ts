import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseArgs } from 'node:util';
import { createTempFolder } from '@marteau/testkit';
import { startEcho } from '../fixtures/backends.ts';
import { openClient } from '../fixtures/client.ts';
import { startChaos } from '../start-chaos.ts';
import { commandLineOptions } from './command-line.ts';
import { readIni } from './ini.ts';
import { readConfig } from './read-config.ts';

const read = (...args: string[]) => {
  const { values } = parseArgs({ args, options: commandLineOptions });
  return readConfig(values as Record<string, string | boolean>, '/');
};

describe('the command line of Vaurien', () => {
  test('percentages and options of behaviours', () => {
    const line =
      '--proxy 0.0.0.0:6565 --backend mail.example.com:465 --protocol smtp --behavior 5:error,10:delay --behavior-delay-sleep 2 --behavior-error-inject=true';
    const { proxies, control, statsd } = read(...line.split(' '), '--statsd.enabled', '--statsd.prefix', 'x');
    assert.deepEqual(proxies, [
      {
        name: 'proxy',
        listen: '0.0.0.0:6565',
        upstream: 'mail.example.com:465',
        protocol: 'smtp',
        seed: 0,
        backlog: 8192,
        behaviors: [
          { behavior: 'error', probability: 0.05, exclusive: true, options: { inject: 'true' } },
          { behavior: 'delay', probability: 0.1, exclusive: true, options: { sleep: '2' } },
        ],
      },
    ]);
    assert.equal(control, null);
    assert.deepEqual(statsd, { host: undefined, port: 8125, prefix: 'x' });
  });

  test('its defaults, the control server, and what has no effect', () => {
    const { proxies, control, ignored } = read(
      '--protocol',
      'http',
      '--http',
      '--timeout',
      '30',
      '--behavior',
      '20:dummy,10:hang',
    );
    assert.equal(proxies[0]?.listen, 'localhost:8000');
    assert.equal(proxies[0]?.upstream, 'localhost:80');
    assert.deepEqual(
      proxies[0]?.behaviors?.map(({ behavior }) => behavior),
      ['hang'],
    );
    assert.deepEqual(control, { listen: 'localhost:8080', token: undefined });
    assert.deepEqual(ignored, ['timeout']);
    assert.deepEqual(read(), { proxies: [], control: { token: undefined }, statsd: null, ignored: [] });
  });

  for (const [what, args, sentence] of [
    ['a sum over 100', ['--behavior', '60:error,50:delay'], /add up to 110 %/],
    [
      'an unknown behaviour',
      ['--behavior', '5:eror'],
      /no behaviour 'eror'\. There are: dummy.*Did you mean error\?/,
    ],
    ['no percentage', ['--behavior', 'delay'], /Write PERCENT:BEHAVIOUR/],
    ['one twice', ['--behavior', '5:delay,5:delay'], /names delay twice/],
    ['a bad seed', ['--seed', 'x', '--backend', 'a:1'], /--seed is 'x'/],
    ['a file that is not there', ['--config', '/nowhere.ini'], /nowhere\.ini cannot be read/],
  ] as [string, string[], RegExp][]) {
    test(`${what} is refused`, () => void assert.throws(() => read(...args), sentence));
  }
});

test('an ini file of Vaurien, which the command line overrides', async () => {
  await using folder = await createTempFolder();
  const path = join(folder.path, 'vaurien.ini');
  await writeFile(
    path,
    '# a comment\n[vaurien]\nbackend = google.com:80\nproxy = localhost:8000\nprotocol = http\nbehavior = 20:delay\nhttp_port = 1\n[behavior:delay]\nsleep = 2\n',
  );
  const [proxy] = read('--config', path, '--backend', 'localhost:9').proxies;
  assert.equal(proxy?.upstream, 'localhost:9');
  assert.equal(proxy?.protocol, 'http');
  assert.deepEqual(proxy?.behaviors, [
    { behavior: 'delay', probability: 0.2, exclusive: true, options: { sleep: '2' } },
  ]);
  assert.throws(
    () => readIni('[vaurien]\nbakend = x'),
    /Line 2 of the ini file sets 'bakend'.*Did you mean backend\?/,
  );
  assert.throws(() => readIni('a = b'), /Begin with \[vaurien\]/);
  assert.throws(() => readIni('[what]'), /There are \[vaurien\], \[behavior:NAME\]/);
});

test('a YAML file starts several proxies with their behaviours, and a control server', async () => {
  await using folder = await createTempFolder();
  await using echo = await startEcho();
  await mkdir(join(folder.path, 'sub'));
  const path = join(folder.path, 'chaos.yml');
  await writeFile(
    path,
    `control: {listen: "127.0.0.1:0"}
proxies:
  one: {upstream: "${echo.address}", behaviors: [{behavior: delay, options: {sleep: 0}}]}
  two: {upstream: "${echo.address}", protocol: redis, behaviors: "5:error"}
  sock: {upstream: "${echo.address}", listen: "unix:${folder.path}/s"}
`,
  );
  await using chaos = await startChaos(read('--config', path));
  const [one] = chaos.proxies.all;
  using client = await openClient(Number(one!.listen.split(':').at(-1)));
  await client.ask('x', 'x');
  assert.equal(one!.counts.faults.get('delay'), 1);
  const listed = await fetch(`${chaos.control!.url}/api/v1/proxies`, { headers: { 'user-agent': 'test' } });
  const { proxies } = (await listed.json()) as { proxies: { name: string; listen: string }[] };
  assert.deepEqual(
    proxies.map(({ name }) => name),
    ['one', 'two', 'sock'],
  );
  assert.equal(proxies[2]!.listen, `unix:${folder.path}/s`);

  for (const [source, sentence] of [
    ['proxies: {a: {}}', /Field proxies\.a is wrong/],
    ['prox: {}', /no field 'prox'/],
    ['a: [', /The file is no YAML/],
    [
      'proxies: {a: {upstream: "x:1", behaviors: [{behavior: delay, options: {slep: 1}}]}}',
      /no option 'slep'/,
    ],
  ] as const) {
    await writeFile(path, source);
    await assert.rejects(async () => startChaos(read('--config', path)), sentence);
  }
});
