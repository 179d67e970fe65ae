import type { MailState } from '@marteau/shared';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { messageId, readMails } from './mails.ts';

/** One mail to send. */
export interface Mail {
  /** `RUN/0` */
  id: string;
  runId: string;
  to: string;
  /** The same for every try: `<RUN.HASH@marteau>`. */
  messageId: string;
  /** From 1. */
  try: number;
}

export interface Outbox {
  /** Takes a mail that is due, with a lease of a minute; null when it is not due, sent, or taken by another. */
  claim(mailId: string): Promise<Mail | null>;
  sent(mail: Mail, detail: string): Promise<void>;
  /** Tries again later: 10 s, doubling, at most 30 min; after three days it is refused with this reason. */
  retry(mail: Mail, why: string): Promise<void>;
  refused(mail: Mail, why: string): Promise<void>;
  /** The mails of a run and what became of them. */
  of(runId: string): Promise<MailState[]>;
}

const LEASE_MS = 60_000;
const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 30 * 60_000;
const GIVE_UP_MS = 3 * 86_400_000;
const AT_ONCE = 50;

export function createOutbox(context: Context): Outbox {
  const { script } = context;
  const settle = async (mail: Mail, state: MailState['state'], detail: string): Promise<void> => {
    const [runId, index] = parts(mail.id);
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** Math.min(mail.try - 1, 20), LONGEST_DELAY_MS);
    const kept = detail.slice(0, 500);
    await script('settle', { runId, index, state, detail: kept, delayMs, giveUpMs: GIVE_UP_MS });
  };
  return {
    async claim(mailId) {
      const [runId, index] = parts(mailId);
      const [to, tries] = await script('claim', { runId, index, leaseMs: LEASE_MS });
      return to === undefined
        ? null
        : { id: mailId, runId, to, try: tries ?? 1, messageId: messageId(runId, to) };
    },
    sent: (mail, detail) => settle(mail, 'sent', detail),
    retry: (mail, why) => settle(mail, 'waiting', why),
    refused: (mail, why) => settle(mail, 'refused', why),
    async of(runId) {
      const hash = await onRedis(() => context.redis.hgetall(redisKeys.mails(runId)));
      const mails = readMails(hash);
      return mails.length ? mails : ((await context.read.one(runId))?.mails ?? []);
    },
  };
}

/** Adds a job for every mail that is due. One that is there already, or being sent, is added once. */
export async function notifyDue({ redis, clock, producers }: Context): Promise<void> {
  const due = await onRedis(() =>
    redis.zrangebyscore(redisKeys.outbox(), '-inf', clock.now(), 'LIMIT', 0, AT_ONCE),
  );
  await Promise.all(
    due.map((mailId) => {
      const id = `mail-${mailId.replace('/', '-')}`;
      return producers.add({ queue: 'notify', name: 'notify', id, data: { mailId } });
    }),
  );
}

function parts(mailId: string): [runId: string, index: string] {
  const [runId = '', index = ''] = mailId.split('/');
  return [runId, index];
}
