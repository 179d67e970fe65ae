import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, type Row } from '../bench.ts';
import { startMarteau } from './marteau.ts';
import type { Target } from './nginx.ts';

/** A test that computes for 1 ms, so that the generator is the limit. */
const script = (url: string) => `
  import { test } from 'node:test';
  test('computes', async () => {
    await (await fetch('${url}')).text();
    const end = performance.now() + 1;
    while (performance.now() < end);
  });`;

/** Fewer than four cores do not hold two generator threads, the target and this program. */
const enoughCores = availableParallelism() >= 4;

export const secondThread = {
  must: enoughCores ? 1.8 : 0,

  /** Requests per second with two threads over those with one. */
  async measure(target: Target, folder: string, rounds: number): Promise<{ ratio: number; rows: Row[] }> {
    const rate = async (threads: number) => {
      const url = `${target.http}/`;
      await using _program = await startMarteau({
        url,
        folder,
        script: script(url),
        threads,
        users: 20,
        pin: false,
      });
      await sleep(1500);
      const [at, before] = [performance.now(), await target.requests()];
      await sleep(2000);
      return (((await target.requests()) - before) / (performance.now() - at)) * 1000;
    };
    const rates: [number, number][] = [];
    for (let round = 0; round < rounds; round += 1) rates.push([await rate(1), await rate(2)]);
    const row = (threads: string, value: number): Row => ({
      case: `1 ms of computing, ${threads}: marteau`,
      metric: 'requests per second',
      value,
      unit: '1/s',
    });
    const [one, two] = [median(rates.map(([a]) => a)), median(rates.map(([, b]) => b))];
    return { ratio: two / one, rows: [row('one thread', one), row('two threads', two)] };
  },
};
