import { type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { QUEUE_PREFIX, redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import type { Log } from '../store.ts';
import type { QueueName } from './jobs.ts';

/** A job that the ledger wants done: what its scripts put into `owed`, as JSON. */
interface OwedJob {
  queue: QueueName;
  name: string;
  id: string;
  data: object;
}

/** Adds to BullMQ what the ledger owes. An id that is there already is added once. */
export interface Producers {
  /** Adds one job and ticks it off. */
  pay(owed: string): Promise<void>;
  /** Adds all jobs that are due. Called while it does so, it looks again afterwards. */
  payDue(): Promise<void>;
  /** Adds a job, whoever owes it. */
  add(job: OwedJob): Promise<void>;
  /** Forgets all jobs of a queue. */
  drop(queue: QueueName): Promise<void>;
  close(): Promise<void>;
}

const AT_ONCE = 200;

/** A handler that throws is tried again for ever, ever more slowly (see work.ts); what is done leaves nothing. */
const jobOptions: JobsOptions = {
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: { type: 'custom' },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 1,
};

/** BullMQ's own way pauses the queue first, and a crash in between would leave it paused. */
async function removeKeys(redis: Redis, pattern: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: pattern, count: 1000 }))
    if (keys.length) await redis.unlink(...(keys as string[]));
}

/** @param now ms on Redis's clock */
export function createProducers(redis: Redis, log: Log, now: () => number): Producers {
  const queues = new Map<QueueName, Queue>();
  const queue = (name: QueueName): Queue => {
    const known = queues.get(name);
    if (known) return known;
    const made = new Queue(name, {
      connection: redis,
      prefix: QUEUE_PREFIX,
      defaultJobOptions: jobOptions,
      streams: { events: { maxLen: 100 } },
    });
    made.on('error', (error) => log.debug({ queue: name, err: error.message }, 'queue'));
    queues.set(name, made);
    return made;
  };
  const add: Producers['add'] = async ({ queue: name, name: job, id, data }) => {
    await queue(name).add(job, data, { jobId: id });
  };
  const pay: Producers['pay'] = (owed) =>
    onRedis(async () => {
      await add(JSON.parse(owed) as OwedJob);
      await redis.zrem(redisKeys.owed(), owed);
    });

  // one at a time: what two add at once could be done and gone before the second adds it again
  let paying: Promise<void> | undefined;
  let nextPayment: Promise<void> | undefined;
  const payNow = async (): Promise<void> => {
    const due = await redis.zrangebyscore(redisKeys.owed(), '-inf', now(), 'LIMIT', 0, AT_ONCE);
    await Promise.all(due.map(pay));
  };
  const payDue = (): Promise<void> => {
    if (paying) {
      nextPayment ??= paying
        .catch(() => {})
        .then(() => {
          nextPayment = undefined;
          return payDue();
        });
      return nextPayment;
    }
    paying = onRedis(payNow).finally(() => {
      paying = undefined;
    });
    return paying;
  };

  return {
    pay,
    add: (job) => onRedis(() => add(job)),
    payDue,
    drop: (name) => onRedis(() => removeKeys(redis, `${QUEUE_PREFIX}:${name}:*`)),
    async close() {
      await Promise.all([...queues.values()].map((made) => made.close().catch(() => {})));
    },
  };
}
