import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import type { Context } from '../context.ts';
import { createRecords } from '../records/records.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** What the owner of an address has said: nothing yet, that it may be mailed, or that it may not. */
const MailboxState = Type.Enum(['asked', 'confirmed', 'stopped']);
export type MailboxState = Static<typeof MailboxState>;

const Mailbox = Type.Object({
  v: Type.Literal(1),
  address: Type.String(),
  state: MailboxState,
  at: Type.Number({ description: 'ms since 1970' }),
});
export type MailboxRecord = Omit<Static<typeof Mailbox>, 'v'>;

/** Addresses that were asked whether they may be mailed, and what they said. */
export interface Mailboxes {
  get(address: string): Promise<MailboxRecord | null>;
  set(record: MailboxRecord): Promise<void>;
  /** Counts a mail of this day. @param now ms @returns how many there were, with this one */
  count(now: number): Promise<number>;
}

export const MAILBOX_FORMAT = { schema: Mailbox, version: 1, upgrades: {} } as const;

const TWO_DAYS_S = 172_800;

/** @param folder absolute, in the data folder */
export function createMailboxes(
  { redis, script }: Pick<Context, 'redis' | 'script'>,
  folder: string,
): Mailboxes & { fill(): Promise<string[]> } {
  const kind = { hash: redisKeys.mailboxes(), folder, format: MAILBOX_FORMAT };
  const records = createRecords({ redis, script }, kind);
  return {
    get: (address) => records.get(nameOf(address)),
    set: (record) => records.put(nameOf(record.address), { v: 1, ...record }),
    fill: records.fill,
    count: (now) =>
      onRedis(async () => {
        const day = redisKeys.mailcount(new Date(now).toISOString().slice(0, 10));
        const count = await redis.incr(day);
        if (count === 1) await redis.expire(day, TWO_DAYS_S);
        return count;
      }),
  };
}

function nameOf(address: string): string {
  return createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 32);
}
