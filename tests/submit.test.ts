import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { createTempFolder, freePort, startTargetServer, type TargetServer } from '@marteau/testkit';
import { type House, openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

const main = join(import.meta.dirname, '../apps/cli/src/main.ts');

/** Runs `marteau` as a person would, beside the house. */
async function marteau(args: string[], env: Record<string, string>, cwd = '.') {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as number, out, err };
}

/** Runs git in a folder to its end. */
async function git(cwd: string, ...args: string[]): Promise<void> {
  const who = ['-c', 'user.name=Dora', '-c', 'user.email=dora@example.com'];
  const [code] = await once(spawn('git', [...who, ...args], { cwd, stdio: 'ignore' }), 'close');
  assert.equal(code, 0, args.join(' '));
}

describe('marteau submit', { concurrency: 1 }, () => {
  let house: House;
  let target: TargetServer;
  let env: Record<string, string>;
  before(async () => {
    house = await openHouse();
    target = await startTargetServer();
    env = { MARTEAU_URL: house.url };
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  test('puts a run into the queue, waits for it, and ends by its verdict', async () => {
    const repo = await house.git.createRepo('plain', plainProject(target.url));
    const { code, out, err } = await marteau(['submit', repo.url, '--wait', '--set', 'name=Other'], env);
    assert.equal(code, 0, err);
    assert.match(out, /^PASS {2}.* p95 .*\nReport: http.*\/report\n$/);
    assert.match(err, /Cloning .*plain/);
    assert.match(err, /00:0\d {2}.* p95 /);
  });

  test('answers at once without --wait; a key makes it safe to repeat', async () => {
    const repo = await house.git.createRepo('keyed', plainProject(target.url));
    const args = ['submit', repo.url, '--key', 'k1', '--json'];
    const [first, second] = [await marteau(args, env), await marteau(args, env)];
    assert.deepEqual([first.code, second.code], [0, 0], first.err);
    assert.equal(JSON.parse(first.out).id, JSON.parse(second.out).id);
    await house.ends(JSON.parse(first.out).id);
  });

  test('submits the commit of a folder, and says what is not part of it', async () => {
    await using folder = await createTempFolder();
    const repo = await house.git.createRepo('cloned', plainProject(target.url, 'thresholds: [p95 < 1us]\n'));
    await git(folder.path, 'clone', repo.url, 'here');
    const here = join(folder.path, 'here');
    const run = await marteau(['submit', '--wait', '--json'], env, here);
    assert.equal(run.code, 1, run.err);
    assert.equal(JSON.parse(run.out).verdict, 'fail');
    await git(here, 'commit', '--allow-empty', '-m', 'Not pushed');
    const unpushed = await marteau(['submit'], env, here);
    assert.equal(unpushed.code, 2);
    assert.match(unpushed.err, /"Not pushed" is on no branch of origin/);
  });

  test('a run that ends in error ends it by the reason', async () => {
    const repo = await house.git.createRepo('broken', { '.marteau.yml': 'script: gone.test.ts\n' });
    const { code, out } = await marteau(['submit', repo.url, '--wait', '--quiet'], env);
    assert.equal(code, 5);
    assert.match(out, /ERROR .*gone\.test\.ts/);
  });

  test('what the server refuses is told in its words', async () => {
    const refused = await marteau(['submit', 'https://a:b@example.com/x/y'], env);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /Nothing was stored/);
    const unknown = await marteau(['submit', '/nowhere'], env);
    assert.equal(unknown.code, 2);
  });

  test('a server that does not answer, and an address of none', async () => {
    const away = await marteau(['submit', 'https://example.com/a/b'], {
      MARTEAU_URL: `http://127.0.0.1:${await freePort()}`,
    });
    assert.equal(away.code, 6);
    assert.match(away.err, /does not answer \(ECONNREFUSED\)/);
    const none = await marteau(['submit', 'https://example.com/a/b', '--server', 'x'], {});
    assert.equal(none.code, 2);
    const other = await marteau(['submit', 'https://example.com/a/b', '--server', target.url], {});
    assert.equal(other.code, 6);
    assert.match(other.err, /not as a Marteau server does/);
  });
});
