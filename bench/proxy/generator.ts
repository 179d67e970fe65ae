import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { vanilla } from '../load/cases.ts';
import { costOf } from '../load/cost.ts';
import { marteau } from '../load/generators.ts';
import type { Target } from '../load/nginx.ts';
import type { Contender } from './contenders.ts';

/** What a request costs the load generator (CPU, µs) while Redis is asked through a contender all the time. */
export async function generatorCost({ port }: Contender, target: Target, folder: string): Promise<number> {
  const args = ['-h', '127.0.0.1', '-p', String(port), '-l', '-q', '-c', '5', 'GET', 'small'];
  const traffic = spawn('redis-benchmark', args, { stdio: 'ignore' });
  try {
    return (await costOf(marteau, vanilla, target, folder)).cpu;
  } finally {
    traffic.kill('SIGKILL');
    await once(traffic, 'exit');
  }
}
