import { newRunId, type Run } from '@marteau/shared';
import { openStore, type Store } from '@marteau/store';
import { pino } from 'pino';

const day = 86_400_000;
const repo = 'https://github.com/example/shop';

/** A store with so many ended runs, read from their folders as an emptied Redis reads them. */
export async function storeWithRuns(
  redisUrl: string,
  dataFolder: string,
  count: number,
  projects = 20,
): Promise<Store> {
  const log = pino({ level: 'silent' });
  const store = await openStore({ redisUrl, dataFolder, log, clientName: 'bench', kind: 'worker' });
  for (let from = 0; from < count; from += 100)
    await Promise.all(
      Array.from({ length: Math.min(100, count - from) }, (_, i) => {
        const run = endedRun(from + i, projects);
        return store.folders.of(run.id).put('run.json', JSON.stringify(run));
      }),
    );
  await store.rebuild();
  const { finished } = await store.runs.counts();
  if (finished !== count) throw new Error(`the store has ${finished} runs instead of ${count}`);
  return store;
}

/** The address of one of the projects. */
export const projectNumber = (n: number) => `${repo}-${n}`;

function endedRun(i: number, projects: number): Run {
  const begin = Date.now() - 30 * day + i * 60_000;
  const at = (seconds: number) => new Date(begin + seconds * 1000).toISOString();
  const random = (i % 97) / 97;
  return {
    v: 2,
    id: newRunId(begin, Math.random),
    state: 'finished',
    verdict: i % 5 === 0 ? 'fail' : 'pass',
    reason: i % 5 === 0 ? 'p95 of "GET /cart" was 412 ms; the threshold is < 300 ms' : null,
    reasonCode: null,
    repo,
    ref: null,
    commit: i.toString(16).padStart(40, 'c0ffee'),
    commitSubject: `Change number ${i} of the shop`,
    commitAuthor: 'Ana',
    project: projectNumber(i % projects),
    name: `Shop ${i % projects}`,
    test: null,
    target: 'https://staging.example.com',
    profile: null,
    overrides: {},
    email: 'ana@example.com',
    submitter: { kind: 'email', id: 'ana@example.com' },
    kind: 'normal',
    trigger: 'form',
    nodes: 1,
    attempt: 1,
    phase: null,
    stopped: false,
    submittedAt: at(0),
    startedAt: at(10),
    endedAt: at(130),
    timeline: [
      { state: 'queued', at: at(0) },
      { state: 'preparing', at: at(1) },
      { state: 'waiting', at: at(8) },
      { state: 'running', at: at(10) },
      { state: 'reporting', at: at(128) },
      { state: 'finished', at: at(130) },
    ],
    engine: { name: 'marteau', version: '0.1.0' },
    summary: {
      requests: 54_000 + i,
      iterations: 13_000,
      errorRate: random / 100,
      failureRate: 0,
      rate: 450 + random * 10,
      p50: 12_000,
      p95: 180_000 + random * 100_000,
      p99: 600_000,
      spark: Array.from({ length: 40 }, (_, x) => 400 + 60 * Math.sin(x + i)),
    },
    hasReport: true,
    deliveries: [],
  };
}
