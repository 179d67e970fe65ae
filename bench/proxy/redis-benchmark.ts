import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { processorTime } from '../load/processor-time.ts';
import type { Contender } from './contenders.ts';

/** One way to use Redis: arguments of redis-benchmark, and how many requests. */
export interface Load {
  name: string;
  requests: number;
  arguments: string[];
}

/** What came of it. */
export interface Through {
  /** Requests per second. */
  rate: number;
  /** Processor time of the contender per request, µs; 0 for Redis itself. */
  cpu: number;
}

export async function measure(
  { port, pid }: Contender,
  { requests, arguments: given }: Load,
): Promise<Through> {
  const before = timeOf(pid);
  const args = ['-h', '127.0.0.1', '-p', String(port), '-n', String(requests), '--csv', ...given];
  const { stdout } = await promisify(execFile)('redis-benchmark', args);
  const rate = Number(/^"[^"]*","([\d.]+)"/m.exec(stdout.split('\n').at(-2) ?? '')?.[1]);
  if (!(rate > 0)) throw new Error(`redis-benchmark said nothing that can be used:\n${stdout}`);
  return { rate, cpu: (timeOf(pid) - before) / requests };
}

function timeOf(pid: number): number {
  return pid === 0 ? 0 : processorTime(pid);
}
