// A node in a process of its own: takes its shares, waits for the common start, and says by how much it missed the
// moment. Then it waits as long for nothing: by so much the machine alone makes a timer late.
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeQueue, openStore } from '@marteau/store';
import { silent } from '../queue/ground.ts';

const [redisUrl, dataFolder, name] = process.argv.slice(2) as [string, string, string];
const store = await openStore({ redisUrl, dataFolder, log: silent, clientName: name, kind: 'worker' });
const spec = {
  name,
  cores: 1,
  memory: 1e9,
  versions: { marteau: '0', node: '24' },
  labels: {},
  roles: ['load'] as const,
};
const node = await store.nodes.join(spec, () => ({ doing: '', load: 0, freeMemory: 0 }));
const QUIET_MS = 250;

const end = new AbortController();
const begun = new Set<string>();
const work = store.work(nodeQueue(node.node), async (job) => {
  const { lease } = await store.ledger.beginShare(job, node);
  // delivery is at least once
  if (!lease || begun.has(job.runId)) return 'stale';
  begun.add(job.runId);
  const start = await store.ledger.ready(lease, end.signal);
  if (!start.go) throw new Error(`share ${job.share} got no start: ${start.kind}`);
  const missedBy = await wakeAt(start.startAt);
  await store.ledger.done(lease);
  const timerMissedBy = await wakeAt(start.startAt + 2 * QUIET_MS);
  process.stdout.write(`${JSON.stringify({ run: job.runId, missedBy, timerMissedBy })}\n`);
  return 'done';
});
/** Waits for a moment, ms since 1970, and tells by how many ms it was missed. */
async function wakeAt(moment: number): Promise<number> {
  await sleep(moment - Date.now());
  return performance.timeOrigin + performance.now() - moment;
}

process.stdout.write('listening\n');
// Whoever started it may be killed.
process.stdin.on('end', () => process.exit(1)).resume();
process.once('SIGTERM', async () => {
  end.abort();
  await work.close(1000);
  await store.close();
  process.exit(0);
});
