import { join } from 'node:path';
import type { NodeSession, Store } from '@marteau/store';
import { nodeQueue, type ShareJob } from '@marteau/store';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type Bench, median, type RoundContext, type Row } from './bench.ts';
import { type Ground, openGround } from './queue/ground.ts';
import { lineEntry, submission } from './queue/runs.ts';

const LONG = 10_000;
const SHORT = 100;
const SUBMITS = 400;
const ALLOTMENTS = 20;
const TURNS = 5;

export const bench: Bench = {
  name: 'queue',
  about: 'submitting and allotting with 10,000 runs queued, against BullMQ’s bare add',
  goals: {
    submit_vs_add: { better: 'lower', goal: 3 },
    allot_ms: { better: 'lower', goal: 5 },
    allot_10000_vs_100: { better: 'lower', goal: 1.2 },
    free_to_start_ms: { better: 'lower', goal: 100 },
  },
  round: timesIn,
  async run({ rounds, say }) {
    const submits = await measureSubmits(rounds, say);
    const { short, long, growth } = await measureAllotments(rounds, say);
    const rows = [
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
        allot_10000_vs_100: growth,
        free_to_start_ms: long.startMs,
      },
    };
  },
};

/** By that version's own program, since it is the ledger's calls that change. */
async function timesIn({ tree, say }: RoundContext): Promise<Row[]> {
  const theirs: typeof import('./queue.ts') = await import(join(tree, 'bench/queue.ts'));
  const before = process.cpuUsage();
  const { rows } = await theirs.bench.run({ rounds: 1, say });
  const { user, system } = process.cpuUsage(before);
  return [
    { case: 'the round', metric: 'CPU', value: (user + system) / 1e6, unit: 's' },
    ...rows.filter(({ case: of, metric }) => !of.startsWith('BullMQ') && metric.endsWith('p50')),
  ];
}

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
async function measureSubmits(rounds: number, say: (line: string) => void) {
  await using ground = await openGround();
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

/** A short and a long line, in turns, so that both see the same machine. */
async function measureAllotments(rounds: number, say: (line: string) => void) {
  await using shortGround = await openGround();
  await using longGround = await openGround();
  say(`bringing ${SHORT} and ${LONG} runs into the line`);
  const short = await openLine(shortGround, SHORT, rounds + 1);
  const long = await openLine(longGround, LONG, rounds + 1);
  await Promise.all([short.measure(), long.measure()]); // warm
  const figures: { short: Figures; long: Figures }[] = [];
  for (let round = 0; round < rounds; round++) {
    say(`allotting from ${SHORT} and from ${LONG}, round ${round + 1} of ${rounds}`);
    const inTurns = { short: [] as Figures[], long: [] as Figures[] };
    for (let i = 0; i < TURNS; i++) {
      inTurns.short.push(await short.measure());
      inTurns.long.push(await long.measure());
    }
    figures.push({ short: middle(inTurns.short), long: middle(inTurns.long) });
  }
  await Promise.all([short.close(), long.close()]);
  return {
    short: { waiting: SHORT, ...middle(figures.map((round) => round.short)) },
    long: { waiting: LONG, ...middle(figures.map((round) => round.long)) },
    growth: median(figures.map((round) => round.long.allotMs / round.short.allotMs)),
  };
}

interface Figures {
  allotMs: number;
  startMs: number;
}

const middle = (list: Figures[]): Figures => ({
  allotMs: median(list.map(({ allotMs }) => allotMs)),
  startMs: median(list.map(({ startMs }) => startMs)),
});

/** One node and a line of runs: each `measure` lets the node end what it has, and tells when the next run has it. */
async function openLine(ground: Ground, waiting: number, rounds: number) {
  const store = await ground.open('worker');
  await store.ledger.pause();
  const node = await joinNode(store);
  await inBatches(waiting + rounds * TURNS * ALLOTMENTS, async (n) => {
    const { id } = await store.runs.submit(submission(n));
    const { lease } = await store.ledger.beginPrepare(
      { runId: id, try: 1 },
      { node: 'clerk', boot: 'clerk' },
    );
    await store.ledger.enterLine(lease!, lineEntry(n));
  });

  const end = new AbortController();
  let seen: (begun: { job: ShareJob; at: number }) => void = () => {};
  const next = () =>
    new Promise<{ job: ShareJob; at: number }>((resolve) => {
      seen = resolve;
    });
  let current: { job: ShareJob; at: number } | undefined;
  const work = store.work(nodeQueue(node.node), async (job) => {
    // delivery is at least once
    if (job.runId !== current?.job.runId) seen({ job, at: performance.now() });
    return 'done';
  });
  let allottedAt = 0;
  const listening = (async () => {
    for await (const { state } of store.runs.changes(end.signal))
      if (state === 'running') allottedAt = performance.now();
  })();
  let begun = next();
  await store.ledger.resume();
  current = await begun;

  return {
    async measure(): Promise<Figures> {
      const list: Figures[] = [];
      for (let i = 0; i < ALLOTMENTS; i++) {
        const { lease } = await store.ledger.beginShare(current!.job, node);
        await store.ledger.ready(lease!, end.signal);
        begun = next();
        const free = performance.now();
        await store.ledger.done(lease!);
        current = await begun;
        list.push({ allotMs: allottedAt - free, startMs: current.at - free });
      }
      return middle(list);
    },
    async close() {
      end.abort();
      await listening;
      await work.close(1000);
      await store.close();
    },
  };
}

function joinNode(store: Store): Promise<NodeSession> {
  const spec = {
    name: 'n1',
    cores: 1,
    memory: 1e9,
    versions: { marteau: '0', node: '24' },
    labels: {},
    roles: ['load'] as const,
  };
  return store.nodes.join(spec, () => ({ doing: '', load: 0, freeMemory: 0 }));
}
