import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTargetServer } from '@marteau/testkit';
import { cycle, runScript } from '../fixtures/run-script.ts';
import { RateLimit, shareRate } from './rate-limit.ts';

const MS = 1_000_000n;

describe('the rate that a host allows', () => {
  it('gives out moments one after the other, to all who share it', () => {
    const shared = shareRate('shop.test:80', 100);
    const [one, other] = [new RateLimit(shared), new RateLimit(shared)];
    const now = 5_000_000n * MS;
    assert.deepEqual(
      [one.take(now), other.take(now), one.take(now), other.take(now)],
      [0, 0, 10, 20],
      'a request more at once than the rate has, since timers are coarse',
    );
    assert.equal(one.take(now + 500n * MS), 0, 'what was not used is not saved up');
    assert.equal(other.take(now + 500n * MS), 0);
    assert.equal(other.take(now + 500n * MS), 10);
    assert.equal(one.waited, 0);
    for (let n = 0; n < 12; n += 1) other.take(now + 500n * MS);
    assert.equal(one.waited, 4, 'those of 100 ms and more');
  });

  it('holds all users and threads of a load, each share its part, and is named as the limit', async () => {
    await using target = await startTargetServer();
    const { measurements } = await runScript({
      script: `import { test } from 'node:test';
        test('it', async () => { await (await fetch('/hello')).text(); });`,
      job: {
        target: target.url,
        threads: 2,
        rates: { [new URL(target.url).host]: 60 },
        share: { index: 0, of: 2 },
      },
      steps: [cycle(20, { durationMs: 3000 })],
    });
    const { seen } = target;
    assert.ok(
      seen.requests >= 30 && seen.requests <= 30 * 4.5,
      `${seen.requests} requests at 30/s for about 3.2 s`,
    );
    const [limit] = measurements!.generator.limits.filter(({ code }) => code === 'consent');
    assert.match(limit!.sentence, /requests or messages waited for the rate that 127\.0\.0\.1:\d+ allows/);
    assert.ok(limit!.share > 0.5, `${limit!.share}`);
  });

  it('lets those go that nobody waits for any more', async () => {
    await using target = await startTargetServer();
    const { measurements, error } = await runScript({
      script: `import { test } from 'node:test';
        import assert from 'node:assert/strict';
        test('it', async () => {
          const calls = Array.from({ length: 5 }, () => fetch('/hello', { signal: AbortSignal.timeout(50) }).then((r) => r.text()));
          await assert.rejects(Promise.all(calls), { name: 'TimeoutError' });
        });`,
      job: { target: target.url, threads: 1, rates: { [new URL(target.url).host]: 2 } },
      steps: [cycle(1, { durationMs: 1000 })],
    });
    assert.equal(error, null);
    const tests = measurements!.labels.filter(({ kind }) => kind === 'test').flatMap(({ steps }) => steps);
    assert.ok(
      tests.some(({ count, errors }) => count > errors),
      JSON.stringify(tests.map(({ count, errors }) => [count, errors])),
    );
    assert.ok(target.seen.requests <= 6, `${target.seen.requests}`);
  });
});
