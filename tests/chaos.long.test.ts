// The whole way of a fault: an app behind a chaos proxy, under load, judged by how it recovers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { type Results, readResults } from '@marteau/report/schema';
import { againWhenLoud, createTempFolder, startRedis } from '@marteau/testkit';
import { patientBlackout } from './house/projects.ts';

const root = join(import.meta.dirname, '..');

interface Ran {
  code: number;
  out: string;
  results: Results;
  report: string;
}

/** Runs the example with redis behind a proxy, as a person would. */
async function runExample(redis: number, ...args: string[]): Promise<Ran> {
  return againWhenLoud(
    () => runOnce(redis, args),
    ({ results }) => results.judgement?.reason ?? null,
  );
}

async function runOnce(redis: number, args: readonly string[]): Promise<Ran> {
  await using folder = await createTempFolder();
  const proxies = JSON.stringify({ redis: { upstream: `127.0.0.1:${redis}`, protocol: 'redis' } });
  const out = join(folder.path, 'out');
  const marteau = spawn(
    process.execPath,
    [join(root, 'apps/cli/src/main.ts'), 'run', '.', '--out', out, '--set', `proxies=${proxies}`, ...args],
    { cwd: join(root, 'examples/redis-blackout'), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const said = Promise.all([text(marteau.stdout), text(marteau.stderr)]);
  const [code] = (await once(marteau, 'exit')) as [number];
  const [stdout, stderr] = await said;
  assert.ok(code === 0 || stdout !== '', `it ended with ${code}: ${stderr}`);
  return {
    code,
    out: stdout,
    results: readResults(await readFile(join(out, 'results.json'), 'utf8')),
    report: await readFile(join(out, 'report.html'), 'utf8'),
  };
}

describe('redis is gone for five seconds', () => {
  test('an app that connects again passes, and its report says how long it took', async () => {
    await using redis = await startRedis();
    const { code, out, results, report } = await runExample(
      redis.port,
      '--set',
      `chaos=${JSON.stringify(patientBlackout.chaos)}`,
      '--set',
      `duration=${patientBlackout.duration}`,
    );
    assert.equal(code, 0, out);
    assert.equal(results.judgement?.verdict, 'pass', results.judgement?.reason);
    const [fault] = results.chaos!.faults;
    assert.equal(fault!.outcome, 'ok');
    assert.ok(fault!.during!.errors > 0.5, 'visits failed while redis was gone');
    assert.ok((fault!.during!.errorKinds?.['503'] ?? 0) > 0, JSON.stringify(fault!.during));
    assert.ok(fault!.hits > 0 && results.chaos!.targets.some(({ command }) => command === 'INCR'));
    assert.match(report, /Broken on purpose[\s\S]*redis: blackout at 16 s: recovered .* after the heal/);
  });

  test('its twin that does not fails with “did not recover”', async () => {
    await using redis = await startRedis();
    const { code, results } = await runExample(redis.port, '--profile', 'fragile');
    assert.notEqual(code, 0);
    assert.equal(results.judgement?.verdict, 'fail');
    assert.match(
      results.judgement!.reason,
      /^redis: blackout at 15 s: did not recover \(wanted within 5 s\)/,
    );
  });

  test('an app that goes around the proxy is invalid', async () => {
    await using redis = await startRedis();
    const app = { command: `MARTEAU_PROXY_REDIS=127.0.0.1:${redis.port} node server.ts`, ready: '/health' };
    const { results } = await runExample(
      redis.port,
      '--set',
      'duration=3s',
      '--set',
      'chaos={"seed": 1}',
      '--set',
      `app=${JSON.stringify(app)}`,
    );
    assert.equal(results.judgement?.verdict, 'invalid', results.judgement?.reason);
    assert.match(results.judgement!.reason, /^Nothing went through proxy redis/);
  });
});
