import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startStub } from '@marteau/replay';
import { createTempFolder, waitUntil } from '@marteau/testkit';
import { exitCodes } from '../exit-codes.ts';

const main = join(import.meta.dirname, '../main.ts');

/** Starts a command and waits until it says where it listens. */
async function start(cwd: string, ...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    said.out += text;
  });
  child.stderr.on('data', (text) => {
    said.err += text;
  });
  const exited = once(child, 'exit');
  const url = await waitUntil('it to listen', () => /listening on (\S+)/.exec(said.err)?.[1]);
  return {
    url,
    said,
    async end(signal: NodeJS.Signals = 'SIGINT') {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

function curl(env: Record<string, string>, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('curl', ['-sS', ...args], { env: { PATH: process.env.PATH, ...env } }, (error, out) =>
      error ? reject(error) : resolve(out),
    );
  });
}

test('a session is recorded by the reverse way and replayed with the server gone', async () => {
  await using folder = await createTempFolder();
  const real = await startStub();
  real.on('POST /pay', { json: { id: 123 } });
  const pay = (url: string) => fetch(`${url}/pay`, { method: 'POST', body: 'amount=10&token=abcdefgh1234' });

  const recorder = await start(folder.path, 'record', 'tapes/pay.rec', '--server', real.url);
  assert.deepEqual(await (await pay(recorder.url)).json(), { id: 123 });
  assert.equal(await recorder.end(), exitCodes.pass);
  assert.match(recorder.said.err, /1 calls, 1 recorded\n$/);
  assert.match(await readFile(join(folder.path, 'tapes/pay.rec'), 'utf8'), /\namount=10&token=XXX\n/);
  await real.stop();

  const player = await start(
    folder.path,
    'replay',
    'tapes/pay.rec',
    '--server',
    real.url,
    '--latency',
    'none',
  );
  assert.deepEqual(await (await pay(player.url)).json(), { id: 123 });
  assert.equal((await fetch(`${player.url}/other`)).status, 501);
  assert.equal(await player.end(), exitCodes.fail);
  assert.match(player.said.err, /GET \/other is not on the tape\. The tape has no GET at all\.\n/);
  assert.match(player.said.err, /2 calls, 1 from the tape, 1 not on the tape\n$/);
});

test('without a server it is a proxy, and prints the environment for its clients', async () => {
  await using folder = await createTempFolder();
  await using real = await startStub();
  real.on('GET /a', { body: 'hello' });
  const recorder = await start(folder.path, 'record', 'all.har');
  await waitUntil('the variables', () => /REQUESTS_CA_BUNDLE/.test(recorder.said.out));
  const variables = [...recorder.said.out.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  assert.equal(await curl(Object.fromEntries(variables), `${real.url}/a`), 'hello');
  await recorder.end();
  const { log } = JSON.parse(await readFile(join(folder.path, 'all.har'), 'utf8'));
  assert.equal(log.entries[0].request.url, `${real.url}/a`);
});

test('a recorder that is killed leaves a tape that can be read, and no lock that holds', async () => {
  await using folder = await createTempFolder();
  await using real = await startStub();
  real.on('GET /a', { body: 'hello' });
  for (const tape of ['a.rec', 'a.har']) {
    const recorder = await start(folder.path, 'record', tape, '--server', real.url);
    await (await fetch(`${recorder.url}/a`)).text();
    await recorder.end('SIGKILL');
    const player = await start(folder.path, 'replay', tape, '--server', real.url);
    assert.equal(await (await fetch(`${player.url}/a`)).text(), 'hello');
    await player.end();
    const again = await start(folder.path, 'record', tape, '--server', real.url);
    await again.end();
  }
});

for (const [what, args, code, sentence] of [
  ['no tape', ['replay'], exitCodes.usage, /Name the tape/],
  ['a tape that is not there', ['replay', 'gone.rec'], exitCodes.file, /There is no tape .*gone\.rec/],
  ['a damaged tape', ['replay', 'bad.rec'], exitCodes.file, /^bad\.rec:1:1: 'hello' is not the first line/],
  [
    'a wrong mode',
    ['replay', 'bad.rec', '--mode', 'replayorrecord'],
    exitCodes.usage,
    /Did you mean replayOrRecord\?/,
  ],
  ['a wrong latency', ['replay', 'bad.rec', '--latency', 'slow'], exitCodes.usage, /takes recorded, none/],
  ['a wrong size', ['record', 'a.rec', '--cap', 'big'], exitCodes.usage, /a size such as 500KB/],
  ['a wrong pattern', ['record', 'a.rec', '--secret', '('], exitCodes.usage, /no regular expression/],
  [
    'a file that is not there',
    ['record', 'a.rec', '--upstream-ca', 'no.pem'],
    exitCodes.usage,
    /cannot be read/,
  ],
  ['no server', ['record', 'a.rec', '--server', 'api'], exitCodes.usage, /not the address of a server/],
] as [string, string[], number, RegExp][]) {
  test(`${what} is refused with a sentence`, async () => {
    await using folder = await createTempFolder();
    await writeFile(join(folder.path, 'bad.rec'), 'hello\n');
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder.path,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said = (await child.stderr.toArray()).join('');
    assert.match(said, sentence);
    assert.equal(child.exitCode ?? (await once(child, 'exit'))[0], code);
  });
}
