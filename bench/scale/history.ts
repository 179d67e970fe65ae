import { join } from 'node:path';
import { runAdmin } from '@marteau/admin';
import { openStore } from '@marteau/store';
import { type AppProcess, createTempFolder, startApp, startRedis, waitUntil } from '@marteau/testkit';
import { pino } from 'pino';
import { median, type Row } from '../bench.ts';
import { requestsPerSecond, type Speed } from '../web/requests.ts';
import { storeWithRuns } from '../web/runs.ts';

const few = 1000;
const many = Number(process.env.MARTEAU_BENCH_RUNS ?? 10_000);
const seconds = 2;
const pages = {
  home: '/',
  list: '/runs',
  'list of a project': '/runs?project=https%3A%2F%2Fgithub.com%2Fexample%2Fshop-1',
  'search by a word that all have': '/runs?q=shop',
  'search by a word and verdict': '/runs?q=change+cart&verdict=fail',
  'search by a commit': '/runs?commit=c0ffee',
};

/** Lists and search with few runs and with many; an emptied Redis and index; back-ups. */
export async function measureHistory(
  rounds: number,
  say: (line: string) => void,
): Promise<{ rows: Row[]; ratios: Record<string, number> }> {
  await using small = await installation(few, say);
  await using large = await installation(many, say);
  const speeds = new Map<string, Speed[]>();
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    for (const [name, path] of Object.entries(pages))
      for (const { app, count } of [small, large]) {
        const speed = await requestsPerSecond(`${app.url}${path}`, seconds);
        const key = `${name}, ${count} runs`;
        if (round > 0) speeds.set(key, [...(speeds.get(key) ?? []), speed]);
      }
  }
  const rate = (name: string, count: number) =>
    median(speeds.get(`${name}, ${count} runs`)!.map((speed) => speed.rate));
  const kept = await measureKeeping(large, say);
  return {
    rows: [
      ...[...speeds].map(([name, all]) => ({
        case: name,
        metric: 'requests per second',
        value: median(all.map((speed) => speed.rate)),
        unit: '1/s',
      })),
      { case: `${many} runs`, metric: 'index filled, serving meanwhile', value: large.filled, unit: 's' },
      { case: `${many} runs`, metric: 'memory of Redis', value: large.bytesEach, unit: 'B/run' },
      { case: `${many} runs`, metric: 'emptied Redis filled again', value: kept.rebuilt, unit: 's' },
      { case: `${many} runs`, metric: 'back-up', value: kept.backup, unit: 's' },
      { case: `${many} runs`, metric: 'back-up, nothing new', value: kept.increment, unit: 's' },
    ],
    ratios: {
      home_few_vs_many: rate('home', few) / rate('home', many),
      list_few_vs_many: rate('list', few) / rate('list', many),
      search_few_vs_many:
        rate('search by a word and verdict', few) / rate('search by a word and verdict', many),
      rebuild_s: kept.rebuilt + large.filled,
      backup_s: kept.backup,
      increment_s: kept.increment,
    },
  };
}

interface Installation extends AsyncDisposable {
  app: AppProcess;
  count: number;
  redisUrl: string;
  empty(): Promise<void>;
  dataFolder: string;
  /** How long it took until all runs were found, s. */
  filled: number;
  bytesEach: number;
}

async function installation(count: number, say: (line: string) => void): Promise<Installation> {
  say(`filling a store with ${count} runs`);
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const folder = stack.use(await createTempFolder());
  const store = await storeWithRuns(redis.url, folder.path, count);
  for (const id of await store.folders.list()) {
    await store.folders.of(id).put('report.html', `<p>${id}</p>`.repeat(2000));
    await store.folders.of(id).put('results.json', JSON.stringify({ id }).repeat(500));
  }
  const { usedMemory } = await store.health();
  const oldest = (await store.folders.list()).sort()[0]!;
  await store.close();
  const env = { REDIS_URL: redis.url, MARTEAU_DATA: folder.path };
  const begin = performance.now();
  const app = stack.use(await startApp('bench/web/serve.ts', { args: ['app'], env }));
  await waitUntil('the oldest run to be found', async () =>
    (await (await fetch(`${app.url}/api/v1/runs?q=${oldest}`)).text()).includes(oldest),
  );
  return {
    app,
    count,
    redisUrl: redis.url,
    empty: () => redis.restart({ empty: true }),
    dataFolder: folder.path,
    filled: (performance.now() - begin) / 1000,
    bytesEach: usedMemory / count,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function measureKeeping(
  { dataFolder, redisUrl, empty }: Installation,
  say: (line: string) => void,
): Promise<{ backup: number; increment: number; rebuilt: number }> {
  await using place = await createTempFolder();
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const begin = performance.now();
    await work();
    return (performance.now() - begin) / 1000;
  };
  const env = { MARTEAU_DATA: dataFolder };
  const backUp = () => runAdmin(['backup', join(place.path, 'b')], { env, cwd: dataFolder, say });
  const backup = await timed(backUp);
  const increment = await timed(backUp);
  await empty();
  const options = { redisUrl, dataFolder, log: pino({ level: 'silent' }), clientName: 'bench' };
  const store = await openStore({ ...options, kind: 'admin' });
  const rebuilt = await timed(async () => {
    await store.rebuild();
    await waitUntil('the index to stand', async () => (await store.runs.counts()).finished === many);
  });
  await store.close();
  return { backup, increment, rebuilt };
}
