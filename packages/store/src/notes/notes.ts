import { MarteauError, type RecordFormat, readRecord } from '@marteau/shared';
import { type Static, Type } from 'typebox';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** What people say of a run: tags, by which it is found, and a note. */
export const RunNotes = Type.Object({
  v: Type.Literal(1),
  tags: Type.Array(Type.String({ pattern: '^[^\\s,]{1,40}$' }), { maxItems: 20 }),
  note: Type.String({ maxLength: 4000 }),
  at: Type.String({ description: 'ISO 8601, when they were changed last' }),
  by: Type.String({ description: 'how people know who did; empty where nobody is asked who they are' }),
});
export type RunNotes = Static<typeof RunNotes>;

export const NOTES_FORMAT: RecordFormat<typeof RunNotes> = { schema: RunNotes, version: 1, upgrades: {} };

export interface Notes {
  /** Replaces what is said of a run. @throws 'not-found', 'bad-tag', 'disk-full' */
  set(id: string, notes: Pick<RunNotes, 'tags' | 'note' | 'by'>): Promise<RunNotes>;
  /** Of those of which something is said. What is damaged is left out. */
  of(ids: readonly string[]): Promise<Map<string, RunNotes>>;
}

/** In the folder of its run, with which it is backed up, merged and deleted. Redis has a copy for lists. */
const FILE = 'notes.json';
const TAG = /^[^\s,]{1,40}$/;
const MOST_TAGS = 20;

export function createNotes({ redis, folders, clock, read }: Context): Notes {
  return {
    async set(id, { tags, note, by }) {
      if ((await read.one(id)) === null)
        throw new MarteauError('not-found', { what: `run ${id.slice(0, 40)}` });
      const wrong = tags.find((tag) => !TAG.test(tag));
      if (wrong !== undefined || tags.length > MOST_TAGS)
        throw new MarteauError('bad-tag', { tag: wrong?.slice(0, 60) ?? null, most: MOST_TAGS });
      const at = new Date(clock.now()).toISOString();
      const notes: RunNotes = { v: 1, tags: [...new Set(tags)].sort(), note: note.trim(), at, by };
      await folders.of(id).put(FILE, `${JSON.stringify(notes)}\n`);
      await onRedis(async () => {
        await redis.hset(redisKeys.notes(), id, JSON.stringify(notes));
        await redis.publish(redisKeys.changes(), `${id} noted`);
      });
      return notes;
    },
    async of(ids) {
      if (ids.length === 0) return new Map();
      const texts = await onRedis(() => redis.hmget(redisKeys.notes(), ...ids));
      return new Map(
        ids.flatMap((id, n) => {
          const notes = readable(texts[n] ?? null, id);
          return notes === null ? [] : [[id, notes] as const];
        }),
      );
    },
  };
}

/** Puts a run's notes back into Redis, from its folder. */
export async function rememberNotes(
  { redis, folders }: Pick<Context, 'redis' | 'folders'>,
  id: string,
): Promise<void> {
  const text = await folders.of(id).text(FILE);
  if (readable(text, id) !== null) await onRedis(() => redis.hset(redisKeys.notes(), id, text!.trim()));
}

function readable(text: string | null, id: string): RunNotes | null {
  try {
    return text === null ? null : readRecord(text, NOTES_FORMAT, `notes.json of run ${id}`);
  } catch {
    return null;
  }
}
