import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import Value from 'typebox/value';
import type { Context } from '../context.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

/** One thing that somebody did, or was not let do. Values of secrets are never in it. */
export const AuditEntry = Type.Object({
  at: Type.String({ description: 'ISO 8601' }),
  /** `person u…`, `key k…`, `token`, `node n1`, or `nobody`. */
  who: Type.String(),
  /** How people know them. */
  name: Type.String(),
  /** From where, as the server saw it; '' where nothing came over the network. */
  address: Type.String(),
  what: Type.String({ description: 'run.submit, key.make, sign-in.refused, …' }),
  /** Of what: `run r…`, `project p…`. */
  object: Type.String(),
  before: Type.Optional(Type.String()),
  after: Type.Optional(Type.String()),
  /** Of the request in the server's log. */
  request: Type.Optional(Type.String()),
});
export type AuditEntry = Static<typeof AuditEntry>;

export interface Audit {
  /** Writes it down: to a file of the day on this machine, and to Redis for the page. */
  add(entry: Omit<AuditEntry, 'at'>): Promise<void>;
  /** The newest first. @param query `before`: the cursor of the page before */
  list(query: { limit: number; before?: string | null }): Promise<{
    entries: AuditEntry[];
    cursor: string | null;
  }>;
}

/** As many entries Redis has; the files have all. */
const MOST = 100_000;
const CURSOR = /^\d{1,16}-\d{1,16}$/;

/** @param folder absolute, in the data folder */
export function createAudit(
  { redis, clock }: Pick<Context, 'redis' | 'clock'>,
  folder: string,
): Audit & { fill(): Promise<string[]> } {
  const push = (line: string) =>
    onRedis(() => redis.xadd(redisKeys.audit(), 'MAXLEN', '~', MOST, '*', 'entry', line));
  return {
    async add(entry) {
      const at = new Date(clock.now()).toISOString();
      const line = JSON.stringify({ at, ...entry } satisfies AuditEntry);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await appendFile(join(folder, `${at.slice(0, 10)}.jsonl`), `${line}\n`, { mode: 0o600 });
      await push(line);
    },
    async list({ limit, before }) {
      const from = before && CURSOR.test(before) ? `(${before}` : '+';
      const found = await onRedis(() => redis.xrevrange(redisKeys.audit(), from, '-', 'COUNT', limit + 1));
      const shown = found.slice(0, limit);
      return {
        entries: shown.flatMap(([, fields]) => entryOf(fields[1] ?? '') ?? []),
        cursor: found.length > limit ? (shown.at(-1)?.[0] ?? null) : null,
      };
    },
    async fill() {
      if (await onRedis(() => redis.exists(redisKeys.audit()))) return [];
      const names = (await readdir(folder).catch(() => [])).filter((name) => /^[\d-]{10}\.jsonl$/.test(name));
      const lines: string[] = [];
      for (const name of names.sort().reverse()) {
        if (lines.length >= MOST) break;
        lines.unshift(...(await readFile(join(folder, name), 'utf8')).split('\n').filter(entryOf));
      }
      for (const line of lines.slice(-MOST)) await push(line);
      return [];
    },
  };
}

function entryOf(line: string): AuditEntry | null {
  try {
    const entry: unknown = JSON.parse(line);
    return Value.Check(AuditEntry, entry) ? entry : null;
  } catch {
    return null;
  }
}
