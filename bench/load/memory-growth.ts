import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../bench.ts';
import { vanilla } from './cases.ts';
import { startMarteau } from './marteau.ts';
import type { Target } from './nginx.ts';
import { residentMemory } from './processor-time.ts';

const FEW = 100_000;
const MANY = 10_000_000;

/** The most memory while so many requests are made, against the most while few were: it must not grow with them. */
export async function memoryGrowth(target: Target, folder: string): Promise<{ ratio: number; rows: Row[] }> {
  const url = vanilla.url(target);
  const begin = await target.requests();
  await using program = await startMarteau({ url, folder, script: vanilla.script(url) });
  const mostUntil = async (requests: number) => {
    let most = 0;
    while ((await target.requests()) - begin < requests) {
      most = Math.max(most, residentMemory(program.pid));
      await sleep(100);
    }
    return Math.max(most, residentMemory(program.pid));
  };
  const few = await mostUntil(FEW);
  const many = await mostUntil(MANY);
  const row = (name: string, bytes: number): Row => ({
    case: `${name} requests: marteau`,
    metric: 'memory',
    value: bytes / 2 ** 20,
    unit: 'MB',
  });
  return { ratio: many / few, rows: [row('100 thousand', few), row('10 million', many)] };
}
