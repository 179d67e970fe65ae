import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { parseFile, resolveFile } from '@marteau/file';
import { freePort, waitUntil } from '@marteau/testkit';
import { outOfService } from '../examples/shop/shop/seeded-failure.ts';

const examples = join(import.meta.dirname, '../examples');

for (const name of readdirSync(examples)) {
  test(`examples/${name} has a .marteau.yml without a mistake`, () => {
    const parsed = parseFile(readFileSync(join(examples, name, '.marteau.yml')));
    assert.deepEqual(parsed.problems, []);
    assert.deepEqual(resolveFile(parsed.file!).problems, []);
  });
}

test("the shop's load fits into 45 s", () => {
  const { file } = resolveFile(parseFile(readFileSync(join(examples, 'shop/.marteau.yml'))).file!);
  assert.ok(file!.load.lengthMs <= 45_000);
});

/** Those of Marteau's own runner: the others need tools, and are run by `npm run test:tools`. */
const plain = readdirSync(examples).filter((name) => {
  const { file } = parseFile(readFileSync(join(examples, name, '.marteau.yml')));
  return /\.test\.ts$/.test(file?.script ?? '');
});

for (const name of plain) {
  test(`the test of examples/${name} passes under node --test as it is`, async () => {
    const port = await freePort();
    const env: NodeJS.ProcessEnv = { ...process.env, NODE_TEST_CONTEXT: undefined, PORT: String(port) };
    const own = existsSync(join(examples, name, 'server.ts')) ? name : 'shop';
    const server = spawn(process.execPath, ['server.ts'], {
      cwd: join(examples, own),
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const target = `http://127.0.0.1:${port}`;
    try {
      await waitUntil(`${own} to answer`, async () => (await fetch(`${target}/health`)).ok);
      const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap'], {
        cwd: join(examples, name),
        env: { ...env, MARTEAU_TARGET: target },
      });
      assert.match(stdout, /^# fail 0$/m);
      assert.doesNotMatch(stdout, /^# pass 0$/m);
    } finally {
      server.kill();
      await once(server, 'exit');
    }
  });
}

test('the flaky route fails in 0.2 % of its calls, always the same ones', () => {
  const calls = (): number[] => {
    const fails = outOfService({ seed: 42, oneIn: 500 });
    return Array.from({ length: 5000 }, () => (fails() ? 1 : 0));
  };
  assert.deepEqual(calls(), calls());
  assert.equal(
    calls().reduce((sum, failed) => sum + failed, 0),
    10,
  );
});
