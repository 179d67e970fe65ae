import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTempFolder, startTargetServer } from '@marteau/testkit';
import { startMarteau } from '../load/marteau.ts';

/** A test that computes for 1 ms, so that the generator is the limit. */
const script = (url: string) => `
  import { test } from 'node:test';
  test('computes', async () => {
    await (await fetch('${url}/hello')).text();
    const end = performance.now() + 1;
    while (performance.now() < end);
  });`;

/** Fewer than four cores do not hold two generators, the target and this program. */
export const enoughCores = availableParallelism() >= 4;

/** Iterations per second of one node and of two, by turns. */
export async function ratesOfNodes(
  rounds: number,
  say: (line: string) => void,
): Promise<{ one: number[]; two: number[] }> {
  await using folder = await createTempFolder();
  await using target = await startTargetServer();
  const rate = async (nodes: number): Promise<number> => {
    await using stack = new AsyncDisposableStack();
    const work = { url: target.url, folder: folder.path, script: script(target.url), users: 20, pin: false };
    await Promise.all(
      Array.from({ length: nodes }, async () => stack.use(await startMarteau({ ...work, threads: 1 }))),
    );
    await sleep(1500);
    const [at, before] = [performance.now(), target.seen.requests];
    await sleep(2000);
    return ((target.seen.requests - before) / (performance.now() - at)) * 1000;
  };
  const rates = { one: [] as number[], two: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    say(`one node and two, round ${round + 1} of ${rounds}`);
    rates.one.push(await rate(1));
    rates.two.push(await rate(2));
  }
  return rates;
}
