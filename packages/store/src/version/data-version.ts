import { readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MarteauError } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import Value from 'typebox/value';
import type { Context } from '../context.ts';
import { atomicWrite } from '../folders/atomic-write.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** Who wrote here last, and who may go on: in `DATA/version.json`, and in Redis. */
const WrittenBy = Type.Object({
  version: Type.Integer({ description: 'of the data' }),
  readableFrom: Type.Integer({ description: 'a Marteau of an older version of the data loses some of it' }),
  marteau: Type.String({ description: 'the version of the program' }),
});
type WrittenBy = Static<typeof WrittenBy>;

/**
 * Raised where a version writes what the one before does not know; `readableFrom` only where that would lose it. So a
 * version works beside the one before it, and a step further back is refused.
 */
const { version: marteau } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
) as { version: string };
const OWN: WrittenBy = { version: 1, readableFrom: 1, marteau };

const FILE = 'version.json';

type Where = Pick<Context, 'redis'> & { dataFolder: string };

/** @throws MarteauError 'stepped-back' where a Marteau wrote here whose data this one cannot keep whole */
export async function requireReadable(where: Where, own = OWN): Promise<void> {
  for (const text of await written(where)) {
    const by = parsed(text);
    if (by !== null && own.version < by.readableFrom)
      throw new MarteauError('stepped-back', {
        wrote: by.marteau,
        own: own.marteau,
        folder: where.dataFolder,
      });
  }
}

/** Says that this version writes here from now on, unless a later one has said so. */
export async function claimVersion(where: Where, own = OWN): Promise<void> {
  const [kept = null, copy = null] = await written(where);
  const text = JSON.stringify(own);
  const isNewer = (before: string | null) => (parsed(before)?.version ?? 0) < own.version;
  if (isNewer(copy)) await onRedis(() => where.redis.set(redisKeys.version(), text));
  if (!isNewer(kept)) return;
  await mkdir(where.dataFolder, { recursive: true });
  await atomicWrite(join(where.dataFolder, FILE), FILE, `${text}\n`);
}

/** In the file, and in Redis where it answers. */
async function written({ redis, dataFolder }: Where): Promise<(string | null)[]> {
  const file = await readFile(join(dataFolder, FILE), 'utf8').catch(() => null);
  const copy = redis.status === 'ready' ? await onRedis(() => redis.get(redisKeys.version())) : null;
  return [file, copy];
}

function parsed(text: string | null): WrittenBy | null {
  try {
    const by: unknown = JSON.parse(text ?? 'null');
    return Value.Check(WrittenBy, by) ? by : null;
  } catch {
    return null;
  }
}
