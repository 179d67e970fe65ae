import { join, relative } from 'node:path';
import { type AppProcess, createTempFolder, startApp, startRedis } from '@marteau/testkit';
import { type Bench, median, type RoundContext, type Row } from './bench.ts';
import { processorTime } from './load/processor-time.ts';
import { requestsPerSecond, type Speed } from './web/requests.ts';
import { storeWithRuns } from './web/runs.ts';

const few = 100;
const many = 10_000;
const seconds = 4;

/** The pages that people have open all day. */
export const bench: Bench = {
  name: 'web',
  about: 'home and run page with 10,000 runs, against the bare rendering of their templates',
  goals: {
    home_vs_bare: { better: 'higher', goal: 0.5 },
    run_vs_bare: { better: 'higher', goal: 0.5 },
    home_cost_100_vs_10000: { better: 'lower', goal: 1.2 },
    run_cost_100_vs_10000: { better: 'lower', goal: 1.2 },
    list_cost_100_vs_10000: { better: 'lower', goal: 1.2 },
  },
  round: costsIn,
  async run({ rounds, say }) {
    await using small = await installation(few, say);
    await using large = await installation(many, say);
    const cases: [name: string, url: string][] = [
      [`home, bare template`, large.bare.url!],
      [`home, ${few} runs`, small.app.url!],
      [`home, ${many} runs`, large.app.url!],
      [`run, bare template`, `${large.bare.url}/runs/${large.runId}`],
      [`run, ${few} runs`, `${small.app.url}/runs/${small.runId}`],
      [`run, ${many} runs`, `${large.app.url}/runs/${large.runId}`],
      [`list, ${few} runs`, `${small.app.url}/runs`],
      [`list, ${many} runs`, `${large.app.url}/runs`],
    ];
    const speeds = new Map<string, Speed[]>(cases.map(([name]) => [name, []]));
    for (const [, url] of cases) await requestsPerSecond(url, 2);
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      for (const [name, url] of cases) speeds.get(name)!.push(await requestsPerSecond(url, seconds));
    }
    const rate = (name: string) => median(speeds.get(name)!.map((speed) => speed.rate));
    const rows = cases.flatMap(([name]): Row[] => [
      { case: name, metric: 'requests per second', value: rate(name), unit: '1/s' },
      { case: name, metric: 'p99', value: median(speeds.get(name)!.map((speed) => speed.p99)), unit: 'ms' },
    ]);
    const overBare = (page: string) => rate(`${page}, ${many} runs`) / rate(`${page}, bare template`);
    const growth = (page: string) => rate(`${page}, ${few} runs`) / rate(`${page}, ${many} runs`);
    return {
      rows,
      ratios: {
        home_vs_bare: overBare('home'),
        run_vs_bare: overBare('run'),
        home_cost_100_vs_10000: growth('home'),
        run_cost_100_vs_10000: growth('run'),
        // Home and run page are read a few times a second for everybody; this one is read for each request.
        list_cost_100_vs_10000: growth('list'),
      },
    };
  },
};

/** What a page costs that version's server, with few runs, since those are soon there. */
async function costsIn({ tree }: RoundContext): Promise<Row[]> {
  const theirs: typeof import('./web/runs.ts') = await import(join(tree, 'bench/web/runs.ts'));
  await using redis = await startRedis();
  await using folder = await createTempFolder();
  const store = await theirs.storeWithRuns(redis.url, folder.path, few);
  const [newest] = (await store.runs.list({ limit: 1 })).runs;
  await store.close();
  const env = { REDIS_URL: redis.url, MARTEAU_DATA: folder.path };
  // From the repository's folder, and so the way from there to the other version.
  const script = relative(join(import.meta.dirname, '..'), join(tree, 'bench/web/serve.ts'));
  await using app = await startApp(script, { args: ['app'], cwd: tree, env });
  const rows: Row[] = [];
  for (const [name, path] of [
    ['home', '/'],
    ['run', `/runs/${newest!.id}`],
    ['list', '/runs'],
  ] as const) {
    await requestsPerSecond(`${app.url}${path}`, 1);
    const before = processorTime(app.pid);
    const { rate } = await requestsPerSecond(`${app.url}${path}`, 3);
    const cpu = (processorTime(app.pid) - before) / (rate * 3);
    rows.push({ case: name, metric: 'CPU per request', value: cpu, unit: 'µs' });
  }
  return rows;
}

interface Installation extends AsyncDisposable {
  app: AppProcess;
  bare: AppProcess;
  runId: string;
}

/** A Redis with so many runs, the web app on it, and the bare server with the same content. */
async function installation(count: number, say: (line: string) => void): Promise<Installation> {
  say(`filling a store with ${count} runs`);
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await startRedis());
  const folder = stack.use(await createTempFolder());
  const store = await storeWithRuns(redis.url, folder.path, count);
  const [newest] = (await store.runs.list({ limit: 1 })).runs;
  await store.close();
  const runId = newest!.id;
  const env = { REDIS_URL: redis.url, MARTEAU_DATA: folder.path };
  const app = stack.use(await startApp('bench/web/serve.ts', { args: ['app'], env }));
  const bare = stack.use(await startApp('bench/web/serve.ts', { args: ['bare', runId], env }));
  return { app, bare, runId, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
