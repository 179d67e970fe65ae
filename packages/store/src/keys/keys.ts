import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Nullable } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import type { Context } from '../context.ts';
import { createRecords } from '../records/records.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** What a key may do with its projects; `metrics`: see how the service does, in figures that name none of them. */
export const KeyScope = Type.Enum(['read', 'submit', 'control', 'metrics']);
export type KeyScope = Static<typeof KeyScope>;

/** A key by which a program acts for a person. Of the key itself there is a hash: 178 random bits need no slow one. */
export const ApiKey = Type.Object({
  v: Type.Literal(2),
  id: Type.String({ pattern: '^k[0-9a-f]{32}$', description: 'made of the hash of the key' }),
  name: Type.String({ maxLength: 100 }),
  person: Type.String(),
  /** Ids of projects; null for all of the person's. */
  projects: Nullable(Type.Array(Type.String())),
  scopes: Type.Array(KeyScope),
  hint: Type.String({ description: 'its first characters' }),
  createdAt: Type.String({ description: 'ISO 8601' }),
  expiresAt: Type.String({ description: 'ISO 8601' }),
  lastUsed: Nullable(Type.String({ description: 'a day: 2026-11-30' })),
});
export type ApiKey = Static<typeof ApiKey>;

/** Version 1 knew fewer scopes. */
export const KEY_FORMAT = {
  schema: ApiKey,
  version: 2,
  upgrades: { 1: (key: object) => ({ ...key, v: 2 }) },
} as const;

export interface ApiKeys {
  /** @returns the key, which nobody can be told again */
  make(key: Pick<ApiKey, 'name' | 'person' | 'projects' | 'scopes' | 'expiresAt'>): Promise<{
    key: string;
    record: ApiKey;
  }>;
  /** The record of a key that is ours and holds; notes the day. Null for any other text. */
  use(key: string): Promise<ApiKey | null>;
  of(personId: string): Promise<ApiKey[]>;
  get(id: string): Promise<ApiKey | null>;
  end(id: string): Promise<void>;
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LETTERS = 30;
const SHAPE = /^mrt_[0-9A-Za-z]{36}$/;
const HINT_LETTERS = 8;

/** @param folder absolute, in the data folder */
export function createApiKeys(
  context: Pick<Context, 'redis' | 'script' | 'clock'>,
  folder: string,
): ApiKeys & { fill(): Promise<string[]> } {
  const records = createRecords(context, {
    hash: redisKeys.records('keys'),
    folder,
    format: KEY_FORMAT,
  });
  const { redis } = context;
  const now = () => new Date(context.clock.now()).toISOString();
  const enlist = ({ id, person }: ApiKey) => onRedis(() => redis.sadd(redisKeys.keysof(person), id));
  return {
    async make({ name, person, projects, scopes, expiresAt }) {
      const key = newKey();
      const record: ApiKey = {
        v: 2,
        id: idOf(key),
        name,
        person,
        projects,
        scopes,
        hint: key.slice(0, HINT_LETTERS),
        createdAt: now(),
        expiresAt,
        lastUsed: null,
      };
      await records.put(record.id, record);
      await enlist(record);
      return { key, record };
    },
    async use(key) {
      if (!isKey(key)) return null;
      const record = await records.get(idOf(key));
      if (record === null || record.expiresAt <= now()) return null;
      const lastUsed = now().slice(0, 10);
      if (record.lastUsed !== lastUsed)
        await records.change(record.id, (before) => before && { ...before, lastUsed });
      return record;
    },
    async of(person) {
      const ids = await onRedis(() => redis.smembers(redisKeys.keysof(person)));
      const found = await Promise.all(ids.map(records.get));
      return found.filter((one) => one !== null).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    },
    get: records.get,
    async end(id) {
      const record = await records.get(id);
      await records.remove(id);
      if (record) await onRedis(() => redis.srem(redisKeys.keysof(record.person), id));
    },
    async fill() {
      const wrong = await records.fill();
      for (const record of (await records.list()).records) await enlist(record);
      return wrong;
    },
  };
}

/** Whether a text is a key by its shape and check sum, so that a scanner of secrets knows one when it sees it. */
export function isKey(text: string): boolean {
  return SHAPE.test(text) && checkOf(text.slice(0, -6)) === text.slice(-6);
}

function newKey(): string {
  const start = `mrt_${Array.from({ length: RANDOM_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;
  return start + checkOf(start);
}

/** CRC-32, in six letters and digits. */
function checkOf(text: string): string {
  let rest = crc32(text);
  let check = '';
  for (let n = 0; n < 6; n++) {
    check = LETTERS[rest % LETTERS.length] + check;
    rest = Math.floor(rest / LETTERS.length);
  }
  return check;
}

function idOf(key: string): string {
  return `k${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}
