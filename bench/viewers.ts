import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore, type Store } from '@marteau/store';
import { createTempFolder, startApp, startRedis, waitUntil } from '@marteau/testkit';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { type Bench, median, type Row } from './bench.ts';
import { openViewer, type Viewer } from './viewers/viewer.ts';

const viewers = 500;
const eventsPerSecond = 20;
const seconds = 6;

/** A run that a whole company watches. */
export const bench: Bench = {
  name: 'viewers',
  about: '500 viewers on one run’s live page at 20 events a second',
  goals: {
    delivery_p99_ms: { better: 'lower', goal: 500 },
    redis_readers: { better: 'lower', goal: 1 },
    more_memory_mb: { better: 'lower', goal: 150 },
  },
  async run({ rounds, say }) {
    await using stack = new AsyncDisposableStack();
    const redis = stack.use(await startRedis());
    const folder = stack.use(await createTempFolder());
    const env = { REDIS_URL: redis.url, MARTEAU_DATA: folder.path };
    const app = stack.use(await startApp('bench/web/serve.ts', { args: ['app'], env }));
    const store = await openStore({
      redisUrl: redis.url,
      dataFolder: folder.path,
      log: pino({ level: 'silent' }),
      clientName: 'bench',
      kind: 'worker',
    });
    stack.defer(() => store.close());
    const raw = new Redis(redis.url);
    stack.defer(() => raw.disconnect());

    const runId = await preparingRun(store);
    const url = `${app.url}/api/v1/runs/${runId}/events`;
    const open: Viewer[] = [await openViewer(url)];
    stack.defer(() => {
      for (const viewer of open) viewer.close();
    });
    await emit(store, runId, seconds);
    await waitUntil('the first events', () => open[0]!.takeDelays().length > 0);
    const before = memoryOf(app.pid);

    say(`opening ${viewers} streams`);
    while (open.length < viewers) open.push(await openViewer(url));
    await sleep(1000);
    for (const viewer of open) viewer.takeDelays();

    const p50s: number[] = [];
    const p99s: number[] = [];
    let readers = 0;
    let memory = 0;
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      const sent = await emit(store, runId, seconds);
      readers = Math.max(readers, await readersOf(raw));
      const delays: number[] = [];
      await waitUntil('all events to be there', () => {
        for (const viewer of open) delays.push(...viewer.takeDelays());
        return delays.length >= sent * viewers;
      });
      if (delays.length !== sent * viewers)
        throw new Error(`${delays.length} events came of ${sent * viewers}`);
      delays.sort((a, b) => a - b);
      p50s.push(delays[Math.floor(delays.length * 0.5)]!);
      p99s.push(delays[Math.floor(delays.length * 0.99)]!);
      memory = Math.max(memory, memoryOf(app.pid) - before);
    }
    const of = `${viewers} viewers, ${eventsPerSecond} events/s`;
    const rows: Row[] = [
      { case: of, metric: 'delivery p50', value: median(p50s), unit: 'ms' },
      { case: of, metric: 'delivery p99', value: median(p99s), unit: 'ms' },
      { case: of, metric: 'connections that read streams', value: readers, unit: '' },
      { case: '1 viewer', metric: 'memory of the web', value: before, unit: 'MB' },
      { case: of, metric: 'memory of the web, more', value: memory, unit: 'MB' },
    ];
    return {
      rows,
      ratios: { delivery_p99_ms: median(p99s), redis_readers: readers, more_memory_mb: memory },
    };
  },
};

/** A run that goes on for as long as it is watched. */
async function preparingRun(store: Store): Promise<string> {
  const repo = 'https://github.com/example/shop';
  const { id } = await store.runs.submit({
    request: { repo },
    project: repo,
    submitter: { kind: 'anonymous', id: 'visitor' },
    trigger: 'form',
  });
  await store.ledger.beginPrepare({ runId: id, try: 1 }, { node: 'bench', boot: 'bench' });
  return id;
}

/** Writes events at their pace. @returns how many */
async function emit(store: Store, runId: string, forSeconds: number): Promise<number> {
  const count = forSeconds * eventsPerSecond;
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    await sleep(Math.max(0, begin + (i * 1000) / eventsPerSecond - performance.now()));
    const text = `GET /products/${i} 200 in 12 ms, and then some more of what programs print all day`;
    await store.events.append(runId, [{ type: 'console', at: Date.now(), from: 'script', share: 0, text }]);
  }
  return count;
}

/** How many connections of the web wait for events in Redis. */
async function readersOf(redis: Redis): Promise<number> {
  const clients = String(await redis.client('LIST')).split('\n');
  return clients.filter((line) => /\bname=marteau-web/.test(line) && /\bcmd=xread\b/.test(line)).length;
}

/** Resident memory, MB. */
function memoryOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}
