import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createTempFolder, startRedis } from '@marteau/testkit';
import { type Bench, median, type RoundContext, type Row } from './bench.ts';
import { startNginx } from './load/nginx.ts';
import { isThere } from './load/program.ts';
import { type Contender, startHaproxy, startOurs, startPipe, startToxiproxy } from './proxy/contenders.ts';
import { bandwidthError, idleMemory, latencyError, shareError } from './proxy/faults.ts';
import { generatorCost } from './proxy/generator.ts';
import { type Load, measure, type Through } from './proxy/redis-benchmark.ts';

const loads: readonly Load[] = [
  { name: '50 connections', requests: 60_000, arguments: ['-c', '50', 'GET', 'small'] },
  { name: 'pipelined 16', requests: 400_000, arguments: ['-c', '50', '-P', '16', 'GET', 'small'] },
  { name: '256 KiB values', requests: 6_000, arguments: ['-c', '50', 'GET', 'big'] },
];
/** Comes last: what the kernel keeps of closed connections for a minute disturbs the others. */
const connects: Load = {
  name: 'a connection each',
  requests: 6_000,
  arguments: ['-c', '50', '-k', '0', 'GET', 'small'],
};
const idleConnections = 10_000;

/** What the chaos proxy costs when it breaks nothing, and how exact it is when it does. */
export const bench: Bench = {
  name: 'proxy',
  about: 'throughput of Redis through the chaos proxy, against Redis itself, a bare pipe and haproxy',
  goals: {
    plain_to_direct: { better: 'higher', goal: 0.43 },
    pipelined_to_direct: { better: 'higher', goal: 0.55 },
    values_to_direct: { better: 'higher', goal: 0.45 },
    plain_to_pipe: { better: 'higher', goal: 1 },
    pipelined_to_pipe: { better: 'higher', goal: 1 },
    values_to_pipe: { better: 'higher', goal: 1 },
    cpu_us: { better: 'lower', goal: 30 },
    redis_at_0_percent: { better: 'higher', goal: 0.9 },
    redis_pipelined_at_0_percent: { better: 'higher', goal: 0.9 },
    generator_disturbed: { better: 'lower', goal: 1.1 },
    idle_10k_mb: { better: 'lower', goal: 200 },
    latency_error_ms: { better: 'lower', goal: 2 },
    bandwidth_error: { better: 'lower', goal: 0.05 },
    share_error: { better: 'lower', goal: 0.005 },
  },
  round: costsIn,
  async run({ rounds, say }) {
    await using folder = await createTempFolder();
    await using redis = await startRedis();
    await using stack = new AsyncDisposableStack();
    const direct: Contender = { name: 'direct', port: redis.port, pid: 0, async [Symbol.asyncDispose]() {} };
    const setting = { protocol: 'redis', behaviors: [{ behavior: 'error', probability: 0 }] };
    const contenders = [
      direct,
      stack.use(await startOurs('marteau', redis.port, folder.path, {})),
      stack.use(await startOurs('marteau, redis, error at 0 %', redis.port, folder.path, setting)),
      stack.use(await startPipe(redis.port)),
    ];
    if (isThere('haproxy')) contenders.push(stack.use(await startHaproxy(redis.port, folder.path)));
    else say('haproxy is not on the path, so it is left out');
    if (isThere('toxiproxy-server')) contenders.push(stack.use(await startToxiproxy(redis.port)));
    else say('toxiproxy-server is not on the path, so it is left out');
    await fill(redis.port);

    const results = new Map<string, Through[]>();
    const go = async (load: Load, round: number) => {
      say(`round ${round} of ${rounds}: ${load.name}`);
      for (const one of contenders) {
        const key = `${load.name}: ${one.name}`;
        results.set(key, [...(results.get(key) ?? []), await measure(one, load)]);
      }
    };
    for (let round = 1; round <= rounds; round++) for (const load of loads) await go(load, round);
    for (let round = 1; round <= rounds; round++) await go(connects, round);
    const of = (load: Load, name: string, what: keyof Through = 'rate') =>
      median(results.get(`${load.name}: ${name}`)!.map((one) => one[what]));
    /** Within a round, so that what else the machine does falls on both. */
    const ratio = (load: number, a: string, b: string) => {
      const [left, right] = [a, b].map((name) => results.get(`${loads[load]!.name}: ${name}`)!);
      return median(left!.map(({ rate }, round) => rate / right![round]!.rate));
    };
    say(`${idleConnections} idle connections`);
    const idle = await idleMemory(idleConnections, folder.path);
    say('the generator beside it');
    const target = stack.use(await startNginx(folder.path));
    const disturbances: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const alone = await generatorCost(direct, target, folder.path);
      disturbances.push((await generatorCost(contenders[1]!, target, folder.path)) / alone);
    }
    say('latency, bandwidth, and whom 20 % hit');
    const lateness = await latencyError(folder.path);
    const narrowness = await bandwidthError(folder.path);
    const share = await shareError(redis.port);
    const rows = [...loads, connects].flatMap((load) =>
      contenders.flatMap(({ name }): Row[] => [
        { case: `${load.name}: ${name}`, metric: 'requests per second', value: of(load, name), unit: '1/s' },
        {
          case: `${load.name}: ${name}`,
          metric: 'CPU per request',
          value: of(load, name, 'cpu'),
          unit: 'µs',
        },
      ]),
    );
    return {
      rows,
      ratios: {
        plain_to_direct: ratio(0, 'marteau', 'direct'),
        pipelined_to_direct: ratio(1, 'marteau', 'direct'),
        values_to_direct: ratio(2, 'marteau', 'direct'),
        plain_to_pipe: ratio(0, 'marteau', 'bare pipe'),
        pipelined_to_pipe: ratio(1, 'marteau', 'bare pipe'),
        values_to_pipe: ratio(2, 'marteau', 'bare pipe'),
        cpu_us: of(loads[0]!, 'marteau', 'cpu'),
        redis_at_0_percent: ratio(0, 'marteau, redis, error at 0 %', 'marteau'),
        redis_pipelined_at_0_percent: ratio(1, 'marteau, redis, error at 0 %', 'marteau'),
        generator_disturbed: median(disturbances),
        idle_10k_mb: idle,
        latency_error_ms: lateness,
        bandwidth_error: narrowness,
        share_error: share,
      },
    };
  },
};

/** What that version's proxy needs for a request: the plain one, and one that reads Redis's protocol. */
async function costsIn({ tree }: RoundContext): Promise<Row[]> {
  const theirs: typeof import('./proxy/contenders.ts') = await import(
    join(tree, 'bench/proxy/contenders.ts')
  );
  await using folder = await createTempFolder();
  await using redis = await startRedis();
  await fill(redis.port);
  const rows: Row[] = [];
  for (const [name, setting] of [
    ['plain', {}],
    ['redis, error at 0 %', { protocol: 'redis', behaviors: [{ behavior: 'error', probability: 0 }] }],
  ] as const) {
    await using proxy = await theirs.startOurs(name, redis.port, folder.path, setting);
    for (const load of loads) {
      const { cpu } = await measure(proxy, load);
      rows.push({ case: `${load.name}, ${name}`, metric: 'CPU per request', value: cpu, unit: 'µs' });
    }
  }
  return rows;
}

/** Puts the keys there that are asked for. */
async function fill(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  for (const [key, size] of [
    ['small', 3],
    ['big', 256 * 1024],
  ] as const) {
    socket.write(`*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${size}\r\n${'x'.repeat(size)}\r\n`);
    await once(socket, 'data');
  }
  socket.destroy();
}
