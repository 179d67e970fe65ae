// What deploy/ tells Prometheus and Grafana of Marteau: every name is told, and every alert's condition is caused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startTargetServer, waitUntil } from '@marteau/testkit';
import { Redis } from 'ioredis';
import { parse } from 'yaml';
import { type House, openHouse } from './house/house.ts';
import { plainProject } from './house/projects.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const rules: { alert: string; expr: string }[] = parse(read('deploy/prometheus/alerts.yml')).groups[0].rules;
const NAMES = /\b(?:marteau|process|nodejs)_[a-z0-9_]+/g;

type Figures = Map<string, number>;

async function figuresOf(url: string): Promise<Figures> {
  const answer = await fetch(`${url}/metrics`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  const types = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]!);
  assert.deepEqual(types, [...new Set(types)], 'each is told once');
  const pairs = lines
    .filter((line) => !line.startsWith('#'))
    .map((line): [string, number] => {
      const [, series = '', value] = /^([a-z_0-9]+(?:\{.*\})?) (\S+)$/.exec(line) ?? assert.fail(line);
      return [series, Number(value)];
    });
  return new Map([...types.map((name): [string, number] => [name, Number.NaN]), ...pairs]);
}

/** Evaluates what the alerts are written in: `NAME{label="value"} > 5`, or `increase(…[15m]) > 0` between two scrapes. */
function fires(expr: string, before: Figures, after: Figures): boolean {
  const [, isIncrease, name = '', labels = '', op, bound] =
    /^(increase\()?([a-z_0-9]+)(\{[^}]*\})?(?:\[\d+m\]\))? (==|>) ([\d.]+)$/.exec(expr) ?? assert.fail(expr);
  const wanted = labels.slice(1, -1);
  const matching = [...after].filter(
    ([series]) => (series === name || series.startsWith(`${name}{`)) && series.includes(wanted),
  );
  return matching.some(([series, value]) => {
    const shown = isIncrease ? value - (before.get(series) ?? 0) : value;
    return op === '>' ? shown > Number(bound) : shown === Number(bound);
  });
}

/** How each alert comes to fire, one after the other. */
const causes: Record<string, (house: House, raw: Redis) => Promise<unknown>> = {
  MarteauRedisUnsafe: (_, raw) => raw.config('SET', 'maxmemory-policy', 'allkeys-lru'),
  MarteauRedisFull: (_, raw) => raw.set('marteau:1:full', '1'),
  MarteauNobodyPrepares: async (house, raw) => {
    await raw.del('marteau:1:full');
    await house.submit(`${house.git.url}/nothing.git`);
  },
  MarteauRunsWait: async (_, raw) => {
    for (const id of await raw.zrange('marteau:1:state:queued', '0', '-1'))
      await raw.hset(`marteau:1:run:${id}`, 'submittedAt', '1');
  },
  MarteauNodesMissing: async () => {}, // nobody is there to prepare it
  MarteauNodeGone: async (house, raw) => {
    const worker = await house.startWorker('gone', { MARTEAU_ROLES: 'load' });
    await worker.kill();
    await raw.hset('marteau:1:node:gone', 'lease', '1');
  },
  MarteauReportsWait: (_, raw) => raw.zadd('marteau:1:unreported', '1', 'r1'),
  MarteauDeliveriesLate: (_, raw) => raw.zadd('marteau:1:outbox', '1', 'r1/0'),
  MarteauFoldersIncomplete: (_, raw) => raw.zadd('marteau:1:closing', '1', 'r1'),
  MarteauQueuePaused: (house) => house.api('POST', '/queue/pause'),
  MarteauDefect: async (house, raw) => {
    await raw.set('marteau:1:audit', 'no stream');
    assert.equal((await fetch(`${house.url}/audit`)).status, 500);
  },
  MarteauLate: async ({ web }) => {
    web.signal('SIGSTOP');
    await pause(900);
    web.signal('SIGCONT');
  },
  MarteauRedisDown: (house) => house.redis.kill(),
};

describe('watching Marteau', async () => {
  test('each alert fires when what it is for has happened, and none before', async () => {
    await using house = await openHouse({ workers: 0 });
    const raw = new Redis(house.redis.url, { maxRetriesPerRequest: null });
    raw.on('error', () => {});
    try {
      assert.deepEqual(Object.keys(causes).sort(), rules.map(({ alert }) => alert).sort());
      const quiet = await figuresOf(house.url);
      for (const { alert, expr } of rules)
        if (alert !== 'MarteauLate')
          // what starts is late
          assert.equal(fires(expr, quiet, quiet), false, `${alert} is quiet at first`);
      for (const [alert, cause] of Object.entries(causes)) {
        const before = await figuresOf(house.url);
        await cause(house, raw);
        const { expr } = rules.find((rule) => rule.alert === alert)!;
        await waitUntil(
          `${alert} to fire`,
          async () => {
            // Of many moments one that was late is none of the worst hundredth: it has to be looked at soon after.
            if (alert === 'MarteauLate') await cause(house, raw);
            return fires(expr, before, await figuresOf(house.url));
          },
          { deadlineMs: 60_000 },
        );
      }
    } finally {
      raw.disconnect();
    }
  });

  test('every name that deploy/ and the documents have is told, and none names a project', async () => {
    await using house = await openHouse({ workers: 0 });
    await using target = await startTargetServer();
    await house.startWorker('watched', { MARTEAU_PROBES: '0' });
    const { url: repo } = await house.git.createRepo('secret-project', plainProject(target.url));
    await house.ends(await house.submit(repo));
    const [, probes] = await house.workers[0]!.said(/probes at (\S+)/);
    const told = new Map([...(await figuresOf(house.url)), ...(await figuresOf(probes!))]);
    const names = new Set([...told.keys()].map((series) => series.replace(/\{.*/, '')));
    for (const file of ['deploy/prometheus/alerts.yml', 'deploy/grafana/marteau.json', 'docs/operations.md'])
      for (const [name] of read(file).matchAll(NAMES))
        if (!name.endsWith('_')) assert.ok(names.has(name), `${name} of ${file}`);
    const documented = new Set([...read('docs/operations.md').matchAll(NAMES)].map(([name]) => name));
    for (const name of names)
      if (name.startsWith('marteau_') && !/_(bucket|sum|count)$/.test(name))
        assert.ok(documented.has(name), `${name} is in docs/operations.md`);
    assert.ok((told.get('marteau_job_seconds_count{job="share",outcome="done"}') ?? 0) >= 1);
    assert.ok((told.get('marteau_run_wait_seconds_count') ?? 0) >= 1);
    for (const series of told.keys()) assert.doesNotMatch(series, /secret-project|127\.0\.0\.1/);
  });
});
