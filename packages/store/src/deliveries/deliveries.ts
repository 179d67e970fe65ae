import { type Delivery, hasEnded, type Recipient } from '@marteau/shared';
import type { Context } from '../context.ts';
import type { NotifyJob } from '../jobs/jobs.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** A delivery that is to be tried now. */
export interface DueDelivery extends Recipient {
  /** `RUN/0` */
  id: string;
  runId: string;
  /** From 1. */
  try: number;
  /** How often there was something to be told, with this time. */
  turn: number;
}

/** What somebody outside is to be told about a run that ended: waiting until its channel took or refused it. */
export interface Deliveries {
  /** Takes one that is due, with a lease of a minute; null when it is not due, sent, or taken by another. */
  claim(job: NotifyJob): Promise<DueDelivery | null>;
  sent(delivery: DueDelivery, told: Pick<Delivery, 'detail' | 'page'>): Promise<void>;
  /**
   * Tries again later: 10 s, doubling, at most 30 min; after three days it is refused with this reason.
   * @param afterMs then instead, as the other side asked for
   */
  retry(delivery: DueDelivery, why: string, afterMs?: number | null): Promise<void>;
  refused(delivery: DueDelivery, why: string): Promise<void>;
  /**
   * Those of an ended run that are meant are to be told anew, with all their tries. @returns how many
   * @throws 'store-unavailable'
   */
  again(runId: string, isMeant: (delivery: Delivery, index: number) => boolean): Promise<number>;
  /** Those of a run and what became of them. */
  of(runId: string): Promise<Delivery[]>;
  /** Adds a job for each that is due and is none of a mail's. */
  addDue(): Promise<void>;
}

const LEASE_MS = 60_000;
const SHORTEST_DELAY_MS = 500;
const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 30 * 60_000;
const GIVE_UP_MS = 3 * 86_400_000;
const AT_ONCE = 50;
const MOST_DETAIL = 500;

export function createDeliveries(context: Context): Deliveries {
  const { script } = context;
  const settle = async (
    delivery: DueDelivery,
    state: Delivery['state'],
    { detail, page }: Pick<Delivery, 'detail' | 'page'>,
    afterMs: number | null = null,
  ): Promise<void> => {
    const [runId, index] = parts(delivery.id);
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** Math.min(delivery.try - 1, 20), LONGEST_DELAY_MS);
    await script('settle', {
      runId,
      index,
      turn: delivery.turn,
      state,
      detail: detail.slice(0, MOST_DETAIL),
      page,
      delayMs: afterMs === null ? delayMs : Math.max(SHORTEST_DELAY_MS, afterMs),
      giveUpMs: GIVE_UP_MS,
    });
  };
  return {
    async claim({ delivery, mailId = '' }) {
      const id = delivery ?? mailId;
      const [runId, index] = parts(id);
      const [kind, to, tries, turn] = await script('claim', { runId, index, leaseMs: LEASE_MS });
      return kind === undefined ? null : { id, runId, kind, to: to!, try: tries!, turn: turn! };
    },
    sent: (delivery, told) => settle(delivery, 'sent', told),
    retry: (delivery, why, afterMs) => settle(delivery, 'waiting', { detail: why, page: null }, afterMs),
    refused: (delivery, why) => settle(delivery, 'refused', { detail: why, page: null }),
    async again(runId, isMeant) {
      const run = await context.read.one(runId);
      if (run === null || !hasEnded(run.state)) return 0;
      const meant = run.deliveries.flatMap((delivery, index) => (isMeant(delivery, index) ? [index] : []));
      if (meant.length > 0) await script('tell-again', { runId, deliveries: run.deliveries, meant });
      return meant.length;
    },
    addDue: () => addDue(context, redisKeys.tellings(), 'tell', 'tell'),
    async of(runId) {
      const hash = await onRedis(() => context.redis.hgetall(redisKeys.mails(runId)));
      const deliveries = readDeliveries(hash);
      return deliveries.length ? deliveries : ((await context.read.one(runId))?.deliveries ?? []);
    },
  };
}

/** The deliveries of a run from their hash, in the order in which they were asked for. */
export function readDeliveries(hash: Record<string, string>): Delivery[] {
  return Object.entries(hash)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, json]) => {
      // What 0.1.0 left has neither a kind nor a page: all were mails.
      const { kind = 'mail', to, state, tries, detail, page = null } = JSON.parse(json) as Delivery;
      return { kind, to, state, tries, detail, page };
    });
}

/** Adds a job for every mail that is due. One that is there already, or at work, is added once. */
export async function notifyDue(context: Context): Promise<void> {
  await addDue(context, redisKeys.outbox(), 'notify', 'mail');
}

async function addDue(
  { redis, clock, producers }: Pick<Context, 'redis' | 'clock' | 'producers'>,
  outbox: string,
  queue: 'notify' | 'tell',
  name: string,
): Promise<void> {
  const due = await onRedis(() => redis.zrangebyscore(outbox, '-inf', clock.now(), 'LIMIT', 0, AT_ONCE));
  await Promise.all(
    due.map((delivery) => {
      const id = `${name}-${delivery.replace('/', '-')}`;
      return producers.add({ queue, name: queue, id, data: { delivery } });
    }),
  );
}

function parts(id: string): [runId: string, index: string] {
  const [runId = '', index = ''] = id.split('/');
  return [runId, index];
}
