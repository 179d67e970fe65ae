import { join } from 'node:path';
import { createTempFolder } from '@marteau/testkit';
import { type Bench, median, type RoundContext, type Row } from './bench.ts';
import { type Case, cases, jsonCookies, post, tls, vanilla } from './load/cases.ts';
import { costOf, costsByTurns } from './load/cost.ts';
import { marteau, wrk } from './load/generators.ts';
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
    vanilla_vs_wrk: { better: 'lower', goal: 1.6, must: 2.2 },
    vanilla_vs_autocannon: { better: 'lower', goal: 0.5 },
    vanilla_vs_undici: { better: 'lower', goal: 0.25 },
    json_vs_wrk: { better: 'lower', goal: 2.2, must: 3.0 },
    tls_vs_wrk: { better: 'lower', goal: 1.8, must: 2.2 },
    post_vs_wrk: { better: 'lower', goal: 1.8, must: 2.3 },
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
        vanilla_vs_autocannon: overPeer(vanilla, 'autocannon'),
        vanilla_vs_undici: overPeer(vanilla, 'undici request'),
        json_vs_wrk: overPeer(jsonCookies, wrk.name),
        tls_vs_wrk: overPeer(tls, wrk.name),
        post_vs_wrk: overPeer(post, wrk.name),
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
  await using folder = await createTempFolder();
  await using target = await startNginx(folder.path);
  const rows: Row[] = [];
  for (const work of cases) {
    const { cpu } = await costOf(theirs.marteau, work, target, folder.path);
    rows.push({ case: work.name, metric: 'CPU per request', value: cpu, unit: 'µs' });
  }
  return rows;
}
