import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { isLoopback } from '@marteau/net';
import { MarteauError } from '@marteau/shared';
import type { Redis } from 'ioredis';
import type { Context } from '../context.ts';
import { requireSameFolders } from '../folders/same-folders.ts';
import { NODE_NAME_PATTERN, nodeQueue } from '../jobs/jobs.ts';
import { allotSoon } from '../ledger/allot.ts';
import { labelsKey } from '../ledger/labels.ts';
import type { Holder } from '../ledger/leases.ts';
import { within } from '../redis/within.ts';
import type { NodeOrder, NodeSpec, NodeStatus, NodeTest } from './node.ts';
import { processIdentity, stillRuns } from './process-identity.ts';
import { requireSameVersion } from './same-version.ts';
import { createSlotKeeper } from './slot-keeper.ts';

/** A worker's membership: beats by itself, once a second, until it leaves. */
export interface NodeSession extends Holder {
  /** By which other nodes reach this one, without a port. */
  readonly address: string;
  /** Takes no more shares; what it has goes on. */
  drain(): Promise<void>;
  /** The same where it has nothing, unless a run waits that could use it. @returns whether it may go */
  retire(): Promise<boolean>;
  /** Keeps shares away while the node is tested. False when it is not free. */
  beginTest(): Promise<boolean>;
  endTest(result: NodeTest): Promise<void>;
  /** Stops beating and is no longer listed; its slot, if it still has one, is freed as by a death. Close `work` first. */
  leave(): Promise<void>;
}

const BEAT_MS = 1000;
/** How often the clocks are compared. */
const CLOCK_BEATS = 30;

/** See Nodes.join. */
export async function joinNode(
  context: Context,
  spec: NodeSpec,
  status: () => NodeStatus,
  obey: (order: NodeOrder) => void = () => {},
): Promise<NodeSession> {
  if (!NODE_NAME_PATTERN.test(spec.name))
    throw new MarteauError('bad-node-name', { name: spec.name.slice(0, 80) });
  const { script, clock, log } = context;
  const { name } = spec;
  const boot = randomUUID();
  const keepSlot = createSlotKeeper(context, { node: name, boot });
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> = Promise.resolve();
  let left = false;
  let draining = false;

  const register = (force: boolean) =>
    script('join', {
      name,
      boot,
      host: hostname(),
      process: processIdentity(process.pid),
      spec: JSON.stringify(spec),
      labels: labelsKey(spec.labels),
      load: spec.roles.includes('load'),
      desk: spec.roles.includes('desk'),
      force,
    });
  const join = async (): Promise<void> => {
    const answer = await register(false);
    if (answer[0] === 'joined') return;
    const [, host, owner] = answer;
    // a worker that was killed here is known to be dead before its lease ends
    const dead = host === hostname() && !stillRuns(owner);
    const second = dead ? await register(true) : answer;
    if (second[0] === 'taken') throw new MarteauError('node-name-taken', { name, host });
  };
  const drain = (): Promise<unknown> => script('set-node', { name, field: 'draining', value: '1', boot });

  const beat = async (): Promise<void> => {
    const clockOffset = Math.round(clock.reading?.offset ?? 0);
    const answer = await script('beat', { name, boot, status: JSON.stringify({ ...status(), clockOffset }) });
    if (answer[0] === 'ok') {
      if (answer[5]) obey(answer[5]);
      await keepSlot(answer);
    } else if (answer[0] === 'displaced') {
      // whatever this one took from the queue of the name would be missing there
      left = true;
      log.error(
        { node: name },
        'this worker was silent for so long that another one has taken its name; it ends. Give every worker a MARTEAU_NODE of its own.',
      );
      obey('stop');
    } else {
      log.info({ node: name }, 'this node was not known any more and registers again');
      await join();
      if (draining) await drain();
    }
  };
  const goOn = (count: number): void => {
    timer = setTimeout(() => {
      beating = beat()
        .then(() => (count % CLOCK_BEATS ? undefined : void clock.measure()))
        .catch((error: unknown) => {
          if (!context.closed.aborted) log.warn({ node: name, err: error }, 'a heartbeat failed');
        })
        .finally(() => {
          if (!left && !context.closed.aborted) goOn(count + 1);
        });
    }, BEAT_MS);
  };

  await clock.measure();
  await requireSameVersion(context, spec);
  await requireSameFolders(context);
  await join();
  await beat();
  goOn(1);
  allotSoon(context);
  context.closed.addEventListener('abort', () => clearTimeout(timer));
  return {
    node: name,
    boot,
    address: spec.address ?? addressTowards(context.redis),
    async drain() {
      draining = true;
      await drain();
    },
    async retire() {
      draining = (await script('retire', { name, boot })) === 1;
      return draining;
    },
    beginTest: async () => (await script('test-node', { name, boot, result: '' })) === 1,
    async endTest(result) {
      await script('test-node', { name, boot, result: JSON.stringify(result) });
      allotSoon(context);
    },
    async leave() {
      left = true;
      clearTimeout(timer);
      await within(1000, beating);
      clearTimeout(timer);
      const isGone = (await script('leave-node', { name, boot })) === 1;
      if (isGone) await context.producers.drop(nodeQueue(name)); // else it is another worker's
    },
  };
}

/**
 * This machine's address on the way to Redis: others that reach the same Redis mostly reach us by it. A Redis on this
 * machine, where all nodes may be, is reached by loopback.
 */
function addressTowards({ stream }: Pick<Redis, 'stream'>): string {
  const { localAddress = '' } = (stream ?? {}) as { localAddress?: string };
  const address = localAddress.replace(/^::ffff:/i, '');
  return address === '' || isLoopback(address) ? '127.0.0.1' : address;
}
