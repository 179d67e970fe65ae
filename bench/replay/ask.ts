import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { processorTime } from '../load/processor-time.ts';
import type { Contender } from './roles.ts';

const autocannon = join(import.meta.dirname, '../../node_modules/autocannon/autocannon.js');

/** Processor time of a server for one request, in µs; the kernel's part is in it. */
export async function costOf({ url, pid }: Contender, requests: number): Promise<number> {
  const before = processorTime(pid);
  const client = spawn(
    process.execPath,
    [autocannon, '-c', '50', '-a', String(requests), '-n', `${url}/a?b=1`],
    {
      stdio: 'ignore',
    },
  );
  await once(client, 'exit');
  return (processorTime(pid) - before) / requests;
}
