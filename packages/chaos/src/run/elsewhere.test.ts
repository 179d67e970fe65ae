// Proxies that stand beside an app elsewhere: a Marteau proxy, a Toxiproxy, and what files of 2012 name.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ResolvedFile } from '@marteau/file';
import { isMarteauError } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { Proxies } from '../control/proxies.ts';
import { startControl } from '../control/server.ts';
import { startEcho } from '../fixtures/backends.ts';
import { openClient } from '../fixtures/client.ts';
import { startRunChaos } from './run-chaos.ts';
import { controlKind } from './steer-marteau.ts';
import { steerToxiproxy } from './steer-toxiproxy.ts';

async function setUp(token?: string) {
  const stack = new AsyncDisposableStack();
  const echo = stack.use(await startEcho());
  const proxies = new Proxies();
  stack.defer(() => proxies.stop());
  const proxy = await proxies.add({ name: 'db', listen: '127.0.0.1:0', upstream: echo.address });
  const control = await startControl(proxies, { listen: '127.0.0.1:0', ...(token ? { token } : {}) });
  stack.defer(() => control.stop());
  return { proxy, proxies, url: control.url, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const launch = () => {
  throw new Error('nothing is started here');
};

type File = Pick<ResolvedFile, 'proxies' | 'chaos' | 'fixtures'>;

const fault = (
  behavior: string,
  options: Record<string, number>,
): NonNullable<File['chaos']>['timeline'][number] => ({
  atMs: 0,
  forMs: null,
  everyMs: null,
  proxy: 'db',
  setting: { behavior, options },
  expect: { recoverWithinMs: null, errors: null },
});

function fileOf(url: string, behavior: string): File {
  const expect = { recoverWithinMs: null, errors: null };
  return {
    proxies: { db: { upstream: null, protocol: 'tcp', control: url } },
    chaos: { seed: 1, timeline: [fault(behavior, {})], behaviors: {}, expect },
    fixtures: {},
  };
}

async function startOn(file: File, token?: string) {
  const said: string[] = [];
  const chaos = await startRunChaos({
    file,
    length: 60_000,
    launch,
    signal: new AbortController().signal,
    token,
    onMoment: (moment) => void said.push(moment.what === 'trouble' ? moment.sentence : moment.what),
  });
  return { chaos, said };
}

describe('a Marteau proxy elsewhere', () => {
  test('is broken with a lease, healed, and has what it had before', async () => {
    await using it = await setUp('secret');
    await it.proxy.setBehaviors([{ behavior: 'delay', options: { sleep: 0 } }]);
    const { chaos, said } = await startOn(fileOf(it.url, 'blackout'), 'secret');
    chaos.begin(Date.now());
    await waitUntil('the blackout', () => it.proxy.behaviors.length === 2);
    using client = await openClient(Number(it.proxy.listen.split(':')[1]));
    client.socket.write('x');
    await client.over;
    const record = await chaos.end();
    assert.deepEqual(
      it.proxy.behaviors.map(({ behavior }) => behavior),
      ['delay'],
    );
    assert.equal(record!.proxies[0]!.used, true);
    assert.deepEqual(said, ['broken', 'healed']);
    await chaos.stop();
  });

  test('that is not there, or refuses the token, ends the start with a sentence', async () => {
    await using it = await setUp('secret');
    for (const [url, token] of [
      ['http://127.0.0.1:1', 'secret'],
      [it.url, 'wrong'],
    ] as const) {
      await assert.rejects(startOn(fileOf(url, 'blackout'), token), (error) =>
        isMarteauError(error, 'chaos-control-failed'),
      );
    }
  });

  test('that dies in the middle is a trouble of the run, and ends nothing', async () => {
    await using it = await setUp();
    const { chaos, said } = await startOn(fileOf(it.url, 'hang'));
    const { url } = it;
    chaos.begin(Date.now());
    await waitUntil('the fault', () => said.includes('broken'));
    await it[Symbol.asyncDispose]();
    const record = await chaos.end();
    assert.match(
      record!.troubles.join('\n'),
      new RegExp(`db could not be healed \\(hang\\): The proxy at ${url}`),
    );
    await chaos.stop();
  });
});

describe('a Toxiproxy', () => {
  test('has toxics of both directions, which are taken off again; what a killed run left goes first', async () => {
    await using it = await setUp();
    await it.proxy.setBehaviors([
      { name: 'marteau-1-upstream', behavior: 'timeout', direction: 'upstream' },
      { name: 'theirs', behavior: 'latency', direction: 'downstream', options: { latency: 1 } },
    ]);
    const names = () => it.proxy.behaviors.map(({ name }) => name);
    const steered = await steerToxiproxy(it.url, 'db');
    assert.deepEqual(names(), ['theirs']);
    const setting = {
      name: 'marteau-2',
      behavior: 'bandwidth',
      options: { rate: '2MB/s' },
      probability: 0.5,
    };
    await steered.break(setting);
    assert.deepEqual(names(), ['theirs', 'marteau-2-upstream', 'marteau-2-downstream']);
    assert.deepEqual(it.proxy.behaviors[1]!.options, { rate: 2000 });
    assert.equal(it.proxy.behaviors[1]!.probability, 0.5);
    await steered.heal(setting);
    await steered.break({ name: 'marteau-3', behavior: 'down' });
    assert.equal(it.proxy.enabled, false);
    await steered.restore();
    assert.equal(it.proxy.enabled, true);
    assert.deepEqual(names(), ['theirs']);
  });

  test('says what it cannot do', async () => {
    await using it = await setUp();
    const steered = await steerToxiproxy(it.url, 'db');
    await assert.rejects(
      steered.break({ name: 'a', behavior: 'blackout' }),
      /Toxiproxy has no 'blackout'\. It has: latency/,
    );
    await assert.rejects(
      steered.break({ name: 'a', behavior: 'latency', match: { command: 'GET' } }),
      /knows no requests/,
    );
    await assert.rejects(steerToxiproxy(it.url, 'nobody'), /proxy not found: nobody/);
  });

  test('is told from a Marteau proxy', async () => {
    await using it = await setUp();
    assert.equal(await controlKind(it.url, {}), 'marteau');
  });
});

test('fixtures of 2012 set a behaviour of Vaurien for the whole run, and put back what was there', async () => {
  await using it = await setUp();
  await it.proxy.setBehaviors([{ behavior: 'hang' }]);
  const { chaos } = await startOn({
    proxies: {},
    chaos: null,
    fixtures: {
      slow: {
        class: 'vaurien.fixture.VaurienFixture',
        arguments: { server: it.url, behavior: 'delay', sleep: 0 },
      },
    },
  });
  chaos.begin(Date.now());
  await waitUntil('the delay', () => it.proxy.behaviors[0]?.behavior === 'delay');
  assert.deepEqual(it.proxy.behaviors[0]!.options, { sleep: 0 });
  const record = await chaos.end();
  assert.deepEqual(
    it.proxy.behaviors.map(({ behavior }) => behavior),
    ['hang'],
  );
  assert.deepEqual(
    record!.windows.map(({ proxy, behavior, lasting }) => [proxy, behavior, lasting]),
    [['slow', 'delay', true]],
  );
  await chaos.stop();
  const wrong = { proxies: {}, chaos: null, fixtures: { x: { class: 'shop.Fixture', arguments: {} } } };
  await assert.rejects(
    startOn(wrong),
    /fixtures\.x of \.marteau\.yml has the class 'shop\.Fixture'; only Vaurien's is known/,
  );
});
