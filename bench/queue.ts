import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisServer } from '@marteau/launch';
import { nodeQueue, type ShareJob } from '@marteau/shared';
import { type NodeSession, openStore, type Store } from '@marteau/store';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type Bench, median, type Row } from './bench.ts';

const LONG = 10_000;
const SHORT = 100;
const SUBMITS = 400;
const ALLOTMENTS = 60;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A Redis and a folder of this benchmark's own, empty at the begin of every part. */
interface Ground {
  redisUrl: string;
  dataFolder: string;
  empty(): Promise<void>;
  open(kind: 'web' | 'worker'): Promise<Store>;
}

export const bench: Bench = {
  name: 'queue',
  about: 'submitting and allotting with 10,000 runs queued, against BullMQ’s bare add',
  goals: {
    submit_vs_add: { better: 'lower', goal: 3 },
    allot_ms: { better: 'lower', goal: 5 },
    allot_10000_vs_100: { better: 'lower', goal: 1.2 },
    free_to_start_ms: { better: 'lower', goal: 100 },
  },
  async run({ rounds, say }) {
    const folder = await mkdtemp(join(tmpdir(), 'marteau-bench-'));
    const redis = await startRedisServer({ folder: join(folder, 'redis') });
    const raw = new Redis(redis.url);
    const ground: Ground = {
      redisUrl: redis.url,
      dataFolder: join(folder, 'data'),
      empty: async () => void (await raw.flushall()),
      open: (kind) =>
        openStore({
          redisUrl: redis.url,
          dataFolder: join(folder, 'data'),
          log: silent,
          clientName: 'bench',
          kind,
        }),
    };
    try {
      const submits = await measureSubmits(ground, rounds, say);
      const long = await measureAllotments(ground, LONG, rounds, say);
      const short = await measureAllotments(ground, SHORT, rounds, say);
      const rows: Row[] = [
        ...submits.rows,
        ...[short, long].flatMap(({ waiting, allotMs, startMs }) => [
          {
            case: `${waiting} runs in the line`,
            metric: 'node free → run allotted, p50',
            value: allotMs,
            unit: 'ms',
          },
          {
            case: `${waiting} runs in the line`,
            metric: 'node free → share begins, p50',
            value: startMs,
            unit: 'ms',
          },
        ]),
      ];
      return {
        rows,
        ratios: {
          submit_vs_add: submits.ratio,
          allot_ms: long.allotMs,
          allot_10000_vs_100: long.allotMs / short.allotMs,
          free_to_start_ms: long.startMs,
        },
      };
    } finally {
      raw.disconnect();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const submission = (n: number) => ({
  request: { repo: 'https://git.example.com/team/shop', email: 'ana@example.com' },
  project: `https://git.example.com/team/${n % 50}`,
  submitter: { kind: 'email', id: `person${n % 200}@example.com` },
  trigger: 'api',
});

async function inBatches(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n += 100)
    await Promise.all(Array.from({ length: Math.min(100, count - n) }, (_, i) => work(n + i)));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

const percentile = (values: number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;

/** One submit, one add, in turns, so that both see the same machine. */
async function measureSubmits(ground: Ground, rounds: number, say: (line: string) => void) {
  await ground.empty();
  const store = await ground.open('web');
  const connection = new Redis(ground.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('bare', { connection });
  await queue.waitUntilReady();
  say(`submitting ${LONG} runs`);
  await inBatches(LONG, async (n) => {
    await Promise.all([
      store.runs.submit(submission(n)),
      queue.add('job', submission(n), { jobId: `fill-${n}` }),
    ]);
  });
  const figures = {
    submit: [] as number[],
    add: [] as number[],
    submit50: [] as number[],
    add50: [] as number[],
  };
  for (let round = 0; round < rounds; round++) {
    say(`submit and add, round ${round + 1} of ${rounds}`);
    const submits: number[] = [];
    const adds: number[] = [];
    for (let n = 0; n < SUBMITS; n++) {
      submits.push(await timed(() => store.runs.submit(submission(n))));
      adds.push(await timed(() => queue.add('job', submission(n), { jobId: `job-${round}-${n}` })));
    }
    figures.submit.push(percentile(submits, 0.99));
    figures.add.push(percentile(adds, 0.99));
    figures.submit50.push(percentile(submits, 0.5));
    figures.add50.push(percentile(adds, 0.5));
  }
  await queue.close();
  connection.disconnect();
  await store.close();
  const row = (name: string, metric: string, values: number[]): Row => ({
    case: name,
    metric,
    value: median(values),
    unit: 'ms',
  });
  return {
    rows: [
      row('submit, 10,000 runs queued', 'p50', figures.submit50),
      row('submit, 10,000 runs queued', 'p99', figures.submit),
      row('BullMQ add, 10,000 jobs waiting', 'p50', figures.add50),
      row('BullMQ add, 10,000 jobs waiting', 'p99', figures.add),
    ],
    ratio: median(figures.submit.map((ms, i) => ms / figures.add[i]!)),
  };
}

/** From a node that becomes free until the next run has it, and until its share's job begins there. */
async function measureAllotments(
  ground: Ground,
  waiting: number,
  rounds: number,
  say: (line: string) => void,
) {
  await ground.empty();
  const store = await ground.open('worker');
  await store.ledger.pause();
  const node = await joinNode(store);
  say(`bringing ${waiting} runs into the line`);
  const total = waiting + rounds * ALLOTMENTS;
  await inBatches(total, async (n) => {
    const { id } = await store.runs.submit(submission(n));
    const { hold } = await store.ledger.beginPrepare({ runId: id, try: 1 }, { node: 'clerk', boot: 'clerk' });
    await store.ledger.enterLine(hold!, lineEntry(n));
  });

  const end = new AbortController();
  let seen: (job: ShareJob, at: number) => void = () => {};
  const work = store.work(nodeQueue(node.node), async (job) => {
    seen(job, performance.now());
    return 'done';
  });
  let allottedAt = 0;
  const listening = (async () => {
    for await (const { state } of store.runs.changes(end.signal))
      if (state === 'running') allottedAt = performance.now();
  })();
  const next = () =>
    new Promise<{ job: ShareJob; at: number }>((resolve) => {
      seen = (job, at) => resolve({ job, at });
    });

  let begun = next();
  await store.ledger.resume();
  let current = await begun;
  const allotMs: number[] = [];
  const startMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    say(`allotting from ${waiting}, round ${round + 1} of ${rounds}`);
    const allots: number[] = [];
    const starts: number[] = [];
    for (let i = 0; i < ALLOTMENTS - 1; i++) {
      const { hold } = await store.ledger.beginShare(current.job, node);
      await store.ledger.ready(hold!, end.signal);
      begun = next();
      const free = performance.now();
      await store.ledger.done(hold!);
      current = await begun;
      allots.push(allottedAt - free);
      starts.push(current.at - free);
    }
    allotMs.push(median(allots));
    startMs.push(median(starts));
  }
  end.abort();
  await listening;
  await work.close(1000);
  await store.close();
  return { waiting, allotMs: median(allotMs), startMs: median(startMs) };
}

function joinNode(store: Store): Promise<NodeSession> {
  const spec = {
    name: 'n1',
    cores: 1,
    memory: 1e9,
    versions: { marteau: '0', node: '24' },
    labels: {},
    roles: ['load'] as const,
    calibratedRate: null,
  };
  return store.nodes.join(spec, () => ({ doing: '', load: 0, freeMemory: 0 }));
}

const lineEntry = (n: number) => ({
  demand: 1,
  labels: {},
  target: `host${n % 500}.example.com:443`,
  shared: false,
  recipients: ['ana@example.com'],
  facts: {
    commit: 'c'.repeat(40),
    commitSubject: 'Make it fast',
    commitAuthor: 'Ana',
    name: 'Shop',
    test: 'load.test.ts',
    target: 'https://staging.example.com',
    engine: { name: 'marteau', version: '0' },
  },
  work: {},
});
