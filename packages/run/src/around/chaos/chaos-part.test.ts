import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseFile, resolveFile } from '@marteau/file';
import type { Measurements } from '@marteau/measure';
import { isMarteauError } from '@marteau/shared';
import { waitUntil } from '@marteau/testkit';
import { openRun } from '../../fixtures/a-run.ts';
import { partsOf } from '../parts-of.ts';

/** A backend that says back what it is told. */
async function startEcho() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {}).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function fileOf(text: string) {
  const { file, problems } = resolveFile(
    parseFile(Buffer.from(`script: a.test.ts\ntarget: http://127.0.0.1:1\ncycles: 1\nduration: 10s\n${text}`))
      .file!,
  );
  assert.deepEqual(problems, []);
  return file!;
}

/** What an engine would hand over, as far as it is looked at here. */
const measurements = (startedAt: number) =>
  ({ startedAt: new Date(startedAt).toISOString() }) as Measurements;

/** 'x' when it was answered, else how it ended. */
async function ask(address: string): Promise<string> {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (text) => resolve(String(text)));
    socket.on('error', () => resolve('error'));
    socket.on('close', () => resolve('closed'));
  });
  socket.write('x');
  const answer = await ended;
  socket.destroy();
  return answer;
}

const app = 'app: {command: "true"}';
const proxies = (address: string) => `proxies: {shop-redis: {upstream: "${address}"}}\n${app}\n`;
const noApp = (file: ReturnType<typeof fileOf>) => partsOf({ ...file, app: null });

describe('proxies of a run', () => {
  test('stand before the app, break at their time, are healed when the load is over, and tell what they did', async () => {
    await using echo = await startEcho();
    await using run = await openRun();
    const file = fileOf(
      `${proxies(echo.address)}chaos: {seed: 7, timeline: [{at: 100ms, proxy: shop-redis, behavior: blackout, expect: {errors: < 5%}}]}`,
    );
    await using around = await run.start(noApp(file));
    const address = around.env.MARTEAU_PROXY_SHOP_REDIS!;
    assert.equal(await ask(address), 'x');
    const begun = Date.now();
    around.loadBegins(begun);
    await waitUntil('the blackout', async () => (await ask(address)) === 'closed');
    assert.deepEqual(
      run.faults.map(({ kind, title }) => [kind, title]),
      [['chaos', 'shop-redis: blackout']],
    );
    const { chaos } = await around.note(measurements(begun));
    assert.equal(await ask(address), 'x', 'healed');
    assert.equal(chaos!.seed, 7);
    assert.deepEqual(
      chaos!.proxies.map(({ name, used, control }) => [name, used, control]),
      [['shop-redis', true, null]],
    );
    const [window] = chaos!.windows;
    assert.ok(
      window!.begin >= 100 && window!.end > window!.begin && window!.hits >= 1,
      JSON.stringify(window),
    );
    assert.equal(chaos!.targets[0]?.count, window!.hits);
    assert.match(run.lines.join('\n'), /shop-redis: blackout for/);
    assert.deepEqual(around.facts, { Proxies: `shop-redis: ${echo.address} (tcp)` });
  });

  test('one that nothing passes says so', async () => {
    await using echo = await startEcho();
    await using run = await openRun();
    await using around = await run.start(noApp(fileOf(proxies(echo.address))));
    await ask(around.env.MARTEAU_PROXY_SHOP_REDIS!);
    around.loadBegins(Date.now());
    const { chaos } = await around.note(measurements(Date.now()));
    assert.equal(chaos!.proxies[0]!.used, false, 'what passed before the load does not count');
  });

  test('percentages for the whole run', async () => {
    await using echo = await startEcho();
    await using run = await openRun();
    const file = fileOf(`${proxies(echo.address)}chaos: {behaviors: {shop-redis: "60:blackout,40:error"}}`);
    await using around = await run.start(noApp(file));
    around.loadBegins(Date.now());
    await waitUntil('the faults', async () => (await ask(around.env.MARTEAU_PROXY_SHOP_REDIS!)) !== 'x');
    const { chaos } = await around.note(measurements(Date.now()));
    assert.deepEqual(
      chaos!.windows.map(({ behavior, lasting, detail }) => [behavior, lasting, detail]),
      [
        ['blackout', true, '60 %'],
        ['error', true, '40 %'],
      ],
    );
    assert.deepEqual(run.faults, []);
  });

  test('are gone when the run is', async () => {
    await using echo = await startEcho();
    await using run = await openRun();
    let address = '';
    {
      await using around = await run.start(noApp(fileOf(proxies(echo.address))));
      address = around.env.MARTEAU_PROXY_SHOP_REDIS!;
      around.loadBegins(Date.now());
    }
    assert.equal(await ask(address), 'error');
  });

  test('are gone with whoever started them, killed in a fault', async () => {
    await using echo = await startEcho();
    const program = join(import.meta.dirname, '../../fixtures/hold-proxies.ts');
    const holder = spawn(process.execPath, [program, echo.address], { stdio: ['ignore', 'pipe', 'inherit'] });
    const address = String((await once(holder.stdout, 'data'))[0]).trim();
    holder.kill('SIGKILL');
    await waitUntil('nobody to listen there', async () => (await ask(address)) === 'error');
  });

  for (const [what, chaos, sentence] of [
    [
      'an unknown behaviour',
      'timeline: [{at: 1s, proxy: shop-redis, behavior: blackot}]',
      /chaos\.timeline\[0\] .*Did you mean blackout\?/,
    ],
    [
      'an unknown option',
      'timeline: [{at: 1s, proxy: shop-redis, behavior: delay, options: {slep: 1}}]',
      /Did you mean sleep\?/,
    ],
    [
      'a match without a protocol',
      'timeline: [{at: 1s, proxy: shop-redis, behavior: error, match: {command: GET}}]',
      /no commands to match/,
    ],
    [
      'a probability that it does not draw so',
      'timeline: [{at: 1s, proxy: shop-redis, behavior: down, per: chunk}]',
      /Write per: connection/,
    ],
  ] as const) {
    test(`${what} is refused before anything starts`, async () => {
      await using run = await openRun();
      const file = fileOf(`${proxies('127.0.0.1:1')}chaos: {${chaos}}`);
      await assert.rejects(
        run.start(noApp(file)),
        (error) => isMarteauError(error, 'chaos-wrong') && sentence.test(error.message),
      );
    });
  }
});
