import { join } from 'node:path';
import { createTempFolder } from '@marteau/testkit';
import { type Bench, median, type RoundContext, type Row } from './bench.ts';
import { type Case, cases, jsonCookies, post, tls, vanilla } from './load/cases.ts';
import { costOf, costsByTurns } from './load/cost.ts';
import {
  marteau,
  marteauHigh,
  marteauOpen,
  OPEN_RATE,
  openAt,
  othersAtRate,
  wrk,
} from './load/generators.ts';
import { memoryGrowth } from './load/memory-growth.ts';
import { startNginx } from './load/nginx.ts';
import { isThere } from './load/program.ts';
import { secondThread } from './load/second-thread.ts';
import { bytesPerUser, USERS } from './load/users.ts';

/** What a request costs the generator, against peers that do the same work in the same run. */
export const bench: Bench = {
  name: 'load',
  about: 'processor time per request of a node:test file as load, against wrk, autocannon and undici',
  goals: {
    vanilla_vs_wrk: { better: 'lower', goal: 1.35, must: 2.2 },
    json_vs_wrk: { better: 'lower', goal: 2.2, must: 3.0 },
    tls_vs_wrk: { better: 'lower', goal: 1.6, must: 2.2 },
    post_vs_wrk: { better: 'lower', goal: 1.7, must: 2.3 },
    open_vs_closed: { better: 'lower', goal: 2, must: 2.5 },
    open_20k_vs_closed: { better: 'lower', goal: 1.3, must: 1.6 },
    ...Object.fromEntries(
      othersAtRate.map(({ needs }) => [`open_vs_${needs}`, { better: 'lower', goal: 1, must: 1 } as const]),
    ),
    kb_per_user: { better: 'lower', goal: 60 },
    memory_growth: { better: 'lower', goal: 1.1 },
    second_thread: { better: 'higher', goal: 1.8, must: secondThread.must },
  },
  round: costsIn,
  async run({ rounds, say }) {
    if (!isThere('wrk'))
      throw new Error('wrk is not on the path: install it (apt-get install wrk) and run this again.');
    await using folder = await createTempFolder();
    await using target = await startNginx(folder.path);
    const costs = await costsByTurns(cases, rounds, say, (generator, work) =>
      costOf(generator, work, target, folder.path),
    );
    const cpu = (work: Case, name: string) => median(costs(work, name).map((cost) => cost.cpu));
    const overPeer = (work: Case, peer: string) => cpu(work, marteau.name) / cpu(work, peer);
    say(`${USERS} users`);
    const perUser = await bytesPerUser(target, folder.path);
    say('memory over many requests');
    const growth = await memoryGrowth(target, folder.path);
    say('a second thread');
    const speedup = await secondThread.measure(target, folder.path, rounds);
    const rows = cases.flatMap((work) =>
      work.generators.flatMap(({ name }): Row[] => [
        { case: `${work.name}: ${name}`, metric: 'CPU per request', value: cpu(work, name), unit: 'µs' },
        {
          case: `${work.name}: ${name}`,
          metric: 'requests per second',
          value: median(costs(work, name).map((cost) => cost.rate)),
          unit: '1/s',
        },
      ]),
    );
    return {
      rows: [
        ...rows,
        {
          case: `${USERS} users, one thread: marteau`,
          metric: 'memory per user',
          value: perUser / 1024,
          unit: 'KB',
        },
        ...growth.rows,
        ...speedup.rows,
      ],
      ratios: {
        vanilla_vs_wrk: overPeer(vanilla, wrk.name),
        json_vs_wrk: overPeer(jsonCookies, wrk.name),
        tls_vs_wrk: overPeer(tls, wrk.name),
        post_vs_wrk: overPeer(post, wrk.name),
        open_vs_closed: cpu(vanilla, marteauOpen.name) / cpu(vanilla, marteau.name),
        open_20k_vs_closed: cpu(vanilla, marteauHigh.name) / cpu(vanilla, marteau.name),
        ...Object.fromEntries(
          othersAtRate.map(({ name, needs }) => [
            `open_vs_${needs}`,
            cpu(vanilla, marteauOpen.name) / cpu(vanilla, name),
          ]),
        ),
        kb_per_user: perUser / 1024,
        memory_growth: growth.ratio,
        second_thread: speedup.ratio,
      },
    };
  },
};

/** What that version's generator needs for a request of each case. */
async function costsIn({ tree }: RoundContext): Promise<Row[]> {
  const theirs: typeof import('./load/generators.ts') = await import(join(tree, 'bench/load/generators.ts'));
  const { startMarteau }: typeof import('./load/marteau.ts') = await import(
    join(tree, 'bench/load/marteau.ts')
  );
  await using folder = await createTempFolder();
  await using target = await startNginx(folder.path);
  const rows: Row[] = [];
  for (const work of cases) {
    const { cpu } = await costOf(theirs.marteau, work, target, folder.path);
    rows.push({ case: work.name, metric: 'CPU per request', value: cpu, unit: 'µs' });
  }
  const open = openAt(OPEN_RATE, startMarteau);
  const { cpu } = await costOf(open, vanilla, target, folder.path);
  rows.push({ case: `${vanilla.name}, ${OPEN_RATE}/s`, metric: 'CPU per request', value: cpu, unit: 'µs' });
  return rows;
}
