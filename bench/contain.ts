import { setTimeout as sleep } from 'node:timers/promises';
import { createTempFolder } from '@marteau/testkit';
import { type Bench, median, type Row } from './bench.ts';
import { type Held, openHeld } from './contain/held.ts';
import { type Case, vanilla } from './load/cases.ts';
import { costOf } from './load/cost.ts';
import { startMarteau } from './load/marteau.ts';
import { startNginx, type Target } from './load/nginx.ts';
import { familyOf, residentMemory } from './load/processor-time.ts';
import type { Program } from './load/program.ts';
import { isThere } from './load/program.ts';

const STARTS = 15;
const USERS = 10_000;
const RAMP_MS = 12_000;

/** What containing costs, against the same engine that is only kept together, by turns on one core. */
export const bench: Bench = {
  name: 'contain',
  about: 'what the strongest rung of this machine costs: processor time per request, starts, memory',
  goals: {
    kept: { better: 'lower', goal: 1.05, must: 1.08 },
    fresh: { better: 'lower', goal: 1.08 },
    start_ms: { better: 'lower', goal: 30 },
    users: { better: 'lower', goal: 1.03 },
  },
  async run({ rounds, say }) {
    if (!isThere('nginx'))
      throw new Error('nginx is not on the path: install it (apt-get install nginx-light).');
    await using folder = await createTempFolder();
    await using target = await startNginx(folder.path);
    const both = { plain: await openHeld('off', target), contained: await openHeld('best', target) };
    say(`${both.contained.containment}, against ${both.plain.containment}`);
    const rows: Row[] = [];
    const ratio = async (name: string, connections: 'keep' | 'fresh') => {
      const costs = { plain: [] as number[], contained: [] as number[] };
      for (let round = 0; round < rounds * 2; round++) {
        say(`${name}: round ${round + 1} of ${rounds * 2}`);
        for (const which of inTurn(round))
          costs[which].push(await cost(both[which], connections, target, folder.path));
      }
      for (const which of ['plain', 'contained'] as const)
        rows.push({
          case: `${name}: ${which}`,
          metric: 'CPU per request',
          value: median(costs[which]),
          unit: 'µs',
        });
      return median(costs.contained.map((value, index) => value / costs.plain[index]!));
    };
    const kept = await ratio('kept connections', 'keep');
    const fresh = await ratio('a connection a request', 'fresh');
    say('starts');
    const starts = { plain: [] as number[], contained: [] as number[] };
    for (let round = 0; round < STARTS; round++)
      for (const which of inTurn(round)) starts[which].push(await startOf(both[which], target, folder.path));
    for (const which of ['plain', 'contained'] as const)
      rows.push({
        case: `start of a share: ${which}`,
        metric: 'time',
        value: median(starts[which]),
        unit: 'ms',
      });
    say(`${USERS} users`);
    const memory = {
      plain: await memoryOf(both.plain, target, folder.path),
      contained: await memoryOf(both.contained, target, folder.path),
    };
    for (const which of ['plain', 'contained'] as const)
      rows.push({
        case: `${USERS} users: ${which}`,
        metric: 'memory',
        value: memory[which] / 2 ** 20,
        unit: 'MB',
      });
    return {
      rows,
      ratios: {
        kept,
        fresh,
        start_ms: median(starts.contained) - median(starts.plain),
        users: memory.contained / memory.plain,
      },
    };
  },
};

function inTurn(round: number): readonly ('plain' | 'contained')[] {
  return round % 2 === 0 ? ['plain', 'contained'] : ['contained', 'plain'];
}

async function cost(
  held: Held,
  connections: 'keep' | 'fresh',
  target: Target,
  folder: string,
): Promise<number> {
  const generator = {
    name: held.containment,
    needs: null,
    start: (work: Parameters<typeof startMarteau>[0]) =>
      inside(held, (within) => startMarteau({ ...work, connections, within })),
  };
  return (await costOf(generator, vanilla as Case, target, folder)).cpu;
}

/** From asking for it to its being ready to load, ms: opening what holds it included. */
async function startOf(held: Held, target: Target, folder: string): Promise<number> {
  const url = vanilla.url(target);
  const begun = performance.now();
  await using program = await inside(held, (within) =>
    startMarteau({ url, folder, script: vanilla.script(url), within }),
  );
  const took = performance.now() - begun;
  void program;
  return took;
}

async function memoryOf(held: Held, target: Target, folder: string): Promise<number> {
  const url = vanilla.url(target);
  const script = vanilla
    .script(url)
    .replace("test('home'", "test('home'")
    .replace(
      'assert.equal(response.status, 200);',
      'assert.equal(response.status, 200); await new Promise((resolve) => setTimeout(resolve, 10_000));',
    );
  await using program = await inside(held, (within) =>
    startMarteau({ url, folder, script, users: USERS, rampMs: RAMP_MS, within }),
  );
  await sleep(RAMP_MS + 12_000);
  return Math.max(...familyOf(program.pid).map(residentMemory));
}

/** Runs a program in what is opened for it, and closes that with the program. */
async function inside(held: Held, start: (within: Held['within']) => Promise<Program>): Promise<Program> {
  const program = await start(held.within);
  return {
    pid: program.pid,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await held.close();
    },
  };
}
