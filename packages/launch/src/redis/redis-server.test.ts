import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import { createTempFolder, waitUntil } from '@marteau/testkit';
import { strongestSandbox } from '../sandboxes/registry.ts';
import { startRedisServer } from './redis-server.ts';

/** Sends one inline command a line and resolves with the raw answers. */
async function ask(port: number, ...commands: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write([...commands, 'QUIT', ''].join('\r\n'));
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe('startRedisServer', () => {
  it('starts one that keeps every write and throws nothing away', async () => {
    await using temp = await createTempFolder();
    await using redis = await startRedisServer({ folder: join(temp.path, 'made for it') });
    assert.equal(redis.url, `redis://127.0.0.1:${redis.port}`);
    const settings = ['appendonly', 'appendfsync', 'save', 'maxmemory-policy', 'bind'];
    const answer = await ask(redis.port, ...settings.map((name) => `CONFIG GET ${name}`));
    const values = answer.split('\r\n').filter((word) => word && !/^[*$+]/.test(word));
    assert.deepEqual(values, [
      'appendonly',
      'yes',
      'appendfsync',
      'everysec',
      'save',
      'maxmemory-policy',
      'noeviction',
      'bind',
      '127.0.0.1',
    ]);
  });

  it('finds its data again, also in a folder with an odd name', async () => {
    await using temp = await createTempFolder();
    const folder = join(temp.path, 'a "quoted" \\ naïve\tfolder');
    const first = await startRedisServer({ folder });
    assert.match(await ask(first.port, 'SET key kept'), /\+OK/);
    const exit = await first.stop();
    assert.deepEqual([exit.cause, exit.code], ['stopped', 0]);
    await using second = await startRedisServer({ folder });
    assert.match(await ask(second.port, 'GET key'), /kept/);
    assert.deepEqual((await readdir(folder)).sort(), ['appendonlydir', 'redis.pid']);
  });

  it('asks for the password, which no list of processes shows', async () => {
    await using temp = await createTempFolder();
    const password = 'p@ss "word" ä';
    await using redis = await startRedisServer({ folder: temp.path, password });
    assert.equal(decodeURIComponent(new URL(redis.url).password), password);
    assert.match(await ask(redis.port, 'PING'), /NOAUTH/);
    assert.doesNotMatch(await readFile(`/proc/${redis.pid}/cmdline`, 'latin1'), /word/);
  });

  it('counts as not ready while it loads', async () => {
    await using temp = await createTempFolder();
    const first = await startRedisServer({ folder: temp.path });
    await ask(first.port, 'EVAL "for i = 1, 300000 do redis.call(\'SET\', i, i) end" 0');
    await first.stop();
    await using second = await startRedisServer({ folder: temp.path });
    assert.match(await ask(second.port, 'DBSIZE'), /:300000/);
  });

  it('tells a port that is taken, also by another Redis', async () => {
    await using temp = await createTempFolder();
    await using other = await startRedisServer({ folder: join(temp.path, 'other') });
    const web = createServer().listen(0, '127.0.0.1');
    await once(web, 'listening');
    for (const port of [other.port, (web.address() as AddressInfo).port]) {
      await assert.rejects(startRedisServer({ folder: join(temp.path, 'ours'), port }), (error) => {
        assert.ok(isMarteauError(error, 'redis-port-taken'));
        assert.match(error.message, new RegExp(`Another program listens on 127.0.0.1:${port}`));
        return true;
      });
    }
    web.close();
  });

  it('says what to type where there is no Redis', async () => {
    await using temp = await createTempFolder();
    await assert.rejects(startRedisServer({ folder: temp.path, path: '/nowhere' }), (error) => {
      assert.ok(isMarteauError(error, 'redis-missing'));
      assert.match(error.message, /install/i);
      return true;
    });
  });

  it('takes valkey-server where that is what there is', async () => {
    await using temp = await createTempFolder();
    const programs = join(temp.path, 'bin');
    await mkdir(programs);
    await symlink('/usr/bin/redis-server', join(programs, 'valkey-server'));
    await using redis = await startRedisServer({ folder: join(temp.path, 'data'), path: programs });
    assert.match(await ask(redis.port, 'PING'), /PONG/);
  });

  it('passes on why Redis would not start', async () => {
    await using temp = await createTempFolder();
    await mkdir(join(temp.path, 'appendonlydir'));
    await writeFile(join(temp.path, 'appendonlydir/appendonly.aof.manifest'), 'this is no manifest\n');
    await assert.rejects(startRedisServer({ folder: temp.path }), (error) => {
      assert.ok(isMarteauError(error, 'redis-failed'));
      assert.match(error.message, /ended with exit code 1, and said: .*manifest/i);
      return true;
    });
  });

  it('ends one that does not become ready in time', async () => {
    await using temp = await createTempFolder();
    const program = join(temp.path, 'redis-server');
    await writeFile(program, '#!/bin/sh\nexec sleep 1000\n');
    await chmod(program, 0o755);
    const start = startRedisServer({
      folder: temp.path,
      path: `${temp.path}:/usr/bin:/bin`,
      readyWithinMs: 100,
    });
    await assert.rejects(start, /did not answer within 100 ms/);
  });

  it('ends when its signal aborts, and when its starter is killed', async () => {
    await using temp = await createTempFolder();
    const run = new AbortController();
    const redis = await startRedisServer({ folder: join(temp.path, 'a'), signal: run.signal });
    run.abort();
    assert.equal((await redis.exited).cause, 'aborted');

    const script = `const { startRedisServer } = await import(${JSON.stringify(import.meta.resolve('./redis-server.ts'))});
      console.log((await startRedisServer({ folder: ${JSON.stringify(join(temp.path, 'b'))} })).port);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = await once(createInterface(starter.stdout), 'line');
    assert.match(await ask(Number(port), 'PING'), /PONG/);
    const killed = once(starter, 'exit');
    starter.kill('SIGKILL');
    await killed;
    if (!strongestSandbox().isSealed) {
      // Then the next one on the folder ends it first.
      const next = await startRedisServer({ folder: join(temp.path, 'b') });
      await next.stop();
    }
    await waitUntil('Redis to be gone', () =>
      ask(Number(port), 'PING').then(
        () => false,
        () => true,
      ),
    );
  });
});
