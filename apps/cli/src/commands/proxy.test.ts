import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { exitCodes } from '../exit-codes.ts';

const main = join(import.meta.dirname, '../main.ts');

function start(...args: string[]) {
  const child = spawn(process.execPath, [main, 'proxy', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    said.out += text;
  });
  child.stderr.on('data', (text) => {
    said.err += text;
  });
  return { child, said, exited: once(child, 'exit') };
}

test('marteau proxy breaks a backend, tells each fault as a line of JSON, and ends with Ctrl-C', async () => {
  await using target = await startTargetServer();
  const backend = new URL(target.url).host;
  const line = `--proxy 127.0.0.1:0 --backend ${backend} --protocol http --behavior 100:error --behavior-error-status 503 --events`;
  const { child, said, exited } = start(...line.split(' '));
  const port = await waitUntil('the proxy', () => /proxy: 127\.0\.0\.1:(\d+) to /.exec(said.err)?.[1]);
  const socket = connect({ port: Number(port), host: '127.0.0.1' });
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 503 /);
  const fault = await waitUntil('the fault', () => said.out.includes('\n') && JSON.parse(said.out));
  assert.equal(fault.detail, 'answered 503');
  child.kill('SIGINT');
  assert.deepEqual(await exited, [exitCodes.pass, null]);
  socket.destroy();
});

for (const [what, args, code, sentence] of [
  ['a wrong behaviour', ['--behavior', '5:eror'], exitCodes.usage, /Did you mean error\?/],
  ['an unknown option', ['--bakend', 'x:1'], exitCodes.usage, /--bakend/],
  ['being open to everybody', ['--control', '0.0.0.0:0'], exitCodes.usage, /Set a token/],
  [
    'an address that is not here',
    ['--backend', 'a:1', '--proxy', '192.0.2.1:0'],
    exitCodes.surroundings,
    /this machine has no such address/,
  ],
] as [string, string[], number, RegExp][]) {
  test(`${what} is refused with a sentence`, async () => {
    const { said, exited } = start(...args);
    assert.deepEqual(await exited, [code, null]);
    assert.match(said.err, sentence);
  });
}
