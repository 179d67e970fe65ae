// What a run on this machine leaves of a proxy elsewhere when it is killed in the middle of a fault.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createTempFolder, freePort, startTargetServer, waitUntil } from '@marteau/testkit';
import { startForeignProxy } from './house/foreign-proxy.ts';

const main = join(import.meta.dirname, '../apps/cli/src/main.ts');
const script = `import { test } from 'node:test';
test('hello', async () => {
  await (await fetch(process.env.MARTEAU_TARGET + '/hello').catch(() => new Response())).text();
  await new Promise((resolve) => setTimeout(resolve, 20));
});
`;
const yml = (target: string, more = '') =>
  `script: hello.test.ts\ntarget: ${target}\ncycles: 1\nduration: 60s\nramp: 0s\n${more}`;

test('marteau run that is killed in a fault: the next one puts a Toxiproxy back as it was', async () => {
  await using folder = await createTempFolder();
  await using target = await startTargetServer();
  await using foreign = await startForeignProxy(`127.0.0.1:${target.port}`);
  const { proxy, control } = foreign;
  const theirs = { name: 'theirs', behavior: 'latency', direction: 'downstream', options: { latency: 1 } };
  await proxy.setBehaviors([theirs as { name: string; behavior: string }]);
  const kept = join(folder.path, 'state/marteau/put-back');
  const marteau = (...args: string[]) =>
    spawn(process.execPath, [main, 'run', '.', ...args], {
      cwd: folder.path,
      env: { PATH: process.env.PATH, HOME: folder.path, XDG_STATE_HOME: join(folder.path, 'state') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  await writeFile(join(folder.path, 'hello.test.ts'), script);
  const faults = ['latency', 'down'].map(
    (behavior) => `{at: 300ms, for: 50s, proxy: db, behavior: ${behavior}}`,
  );
  await writeFile(
    join(folder.path, '.marteau.yml'),
    yml(
      `http://${proxy.listen}`,
      `proxies: {db: {control: "${control}"}}\nchaos: {seed: 1, timeline: [${faults.join(', ')}]}\n`,
    ),
  );

  const killed = marteau();
  await waitUntil('the fault', () => !proxy.enabled);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  assert.equal(proxy.behaviors.length, 3);
  assert.equal((await readdir(kept)).length, 1);

  await writeFile(join(folder.path, '.marteau.yml'), yml(target.url));
  const next = marteau('--once');
  const said = await text(next.stderr);
  assert.match(said, new RegExp(`The proxy ${control} db is back as it was before a run that was killed`));
  assert.ok(proxy.enabled);
  assert.deepEqual(
    proxy.behaviors.map(({ name }) => name),
    ['theirs'],
  );
  assert.deepEqual(await readdir(kept), []);
});

test('a proxy that cannot be put back now is told of, and tried again', async () => {
  await using folder = await createTempFolder();
  await using target = await startTargetServer();
  const kept = join(folder.path, '.local/state/marteau/put-back');
  const control = `http://127.0.0.1:${await freePort()}`;
  await mkdir(kept, { recursive: true });
  const state = { kind: 'toxiproxy', control, proxy: 'db', enabled: true };
  await writeFile(join(kept, '1.json'), JSON.stringify({ pid: 2 ** 30, place: `${control} db`, state }));
  await writeFile(join(kept, '2.json'), JSON.stringify({ pid: process.pid, place: 'another run', state }));
  await writeFile(join(kept, '3.json'), '{"pid":');
  await writeFile(join(folder.path, 'hello.test.ts'), script);
  await writeFile(join(folder.path, '.marteau.yml'), yml(target.url));
  const run = spawn(process.execPath, [main, 'run', '.', '--once'], {
    cwd: folder.path,
    env: { PATH: process.env.PATH, HOME: folder.path },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = await text(run.stderr);
  assert.match(
    said,
    /The proxy http:\/\/127\.0\.0\.1:\d+ db was left changed by a run that was killed, and cannot be put back now: .* nobody answers there.*The next run tries again; to give it up, remove \S+1\.json\./s,
  );
  assert.doesNotMatch(said, /another run/);
  assert.deepEqual((await readdir(kept)).sort(), ['1.json', '2.json', '3.json']);
});
