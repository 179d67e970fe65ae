import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { atomicWrite } from '../folders/atomic-write.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** What the owner of an address has said: nothing yet, that it may be mailed, or that it may not. */
export type MailboxState = 'asked' | 'confirmed' | 'stopped';

export interface MailboxRecord {
  readonly address: string;
  readonly state: MailboxState;
  /** ms since 1970 */
  readonly at: number;
}

/** Addresses that were asked whether they may be mailed, and what they said. Files are the record; Redis has a copy for all. */
export interface Mailboxes {
  get(address: string): Promise<MailboxRecord | null>;
  set(record: MailboxRecord): Promise<void>;
  /** Counts a mail of this day. @param now ms @returns how many there were, with this one */
  count(now: number): Promise<number>;
}

const TWO_DAYS_S = 172_800;

/** @param folder absolute, in the data folder */
export function createMailboxes(redis: Redis, folder: string): Mailboxes {
  const key = redisKeys.mailboxes();
  return {
    async get(address) {
      const name = nameOf(address);
      const known = await onRedis(() => redis.hget(key, name));
      const text = known ?? (await readFile(join(folder, `${name}.json`), 'utf8').catch(() => null));
      if (known === null && text !== null) await onRedis(() => redis.hsetnx(key, name, text));
      return text === null ? null : (JSON.parse(text) as MailboxRecord);
    },
    async set(record) {
      const name = nameOf(record.address);
      const text = JSON.stringify({ v: 1, ...record });
      await mkdir(folder, { recursive: true });
      await atomicWrite(join(folder, `${name}.json`), 'what a mailbox has said', text, 0o600);
      await onRedis(() => redis.hset(key, name, text));
    },
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
