import type { Context } from '../context.ts';
import { createRecords } from '../records/records.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { SCHEDULES_FORMAT, type Schedules } from './schedule.ts';

/** A moment at which something of a project is to be done. */
export interface DueTime {
  readonly project: string;
  /** The number of the entry in its schedules. */
  readonly entry: number;
  /** ms since 1970 */
  readonly at: number;
}

/** When runs start by themselves. Each web looks; whoever is first with a moment moves it on. */
export interface ScheduleTimes {
  of(project: string): Promise<Schedules | null>;
  /** Keeps what a file says. Entries that are as they were keep their moments. @param next of an entry, ms; null for none */
  keep(
    project: string,
    read: Pick<Schedules, 'commit' | 'entries'>,
    next: (entry: Schedules['entries'][number]) => number | null,
  ): Promise<void>;
  /** What is due, the earliest first. */
  due(now: number): Promise<DueTime[]>;
  /** To the next moment, null for none; nothing where somebody else did. @param commit of the run that it started */
  moveOn(due: DueTime, next: number | null, commit?: string): Promise<void>;
  /** All of a project. */
  remove(project: string): Promise<void>;
  fill(): Promise<string[]>;
}

const AT_ONCE = 100;

/** @param folder absolute, in the data folder */
export function createScheduleTimes(
  context: Pick<Context, 'redis' | 'script'>,
  folder: string,
): ScheduleTimes {
  const { redis, script } = context;
  const hash = redisKeys.records('schedules');
  const records = createRecords(context, { hash, folder, format: SCHEDULES_FORMAT });
  const memberOf = (project: string, entry: number) => `${project} ${entry}`;
  return {
    of: records.get,
    async keep(project, { commit, entries }, next) {
      const before = await records.get(project);
      if (before === null && entries.length === 0) return;
      const isKept = (n: number) =>
        before?.entries[n] !== undefined && JSON.stringify(before.entries[n]) === JSON.stringify(entries[n]);
      const lastCommits = Object.fromEntries(
        Object.entries(before?.lastCommits ?? {}).filter(([n]) => isKept(Number(n))),
      );
      await records.put(project, { v: 1, project, entries, commit, lastCommits });
      for (const [n, entry] of entries.entries()) {
        const at = next(entry);
        if (at === null) continue;
        const member = memberOf(project, n);
        if (!isKept(n)) await onRedis(() => redis.zrem(redisKeys.schedules(), member));
        await onRedis(() => redis.zadd(redisKeys.schedules(), 'NX', at, member));
      }
      for (let n = entries.length; n < (before?.entries.length ?? 0); n++) {
        await onRedis(() => redis.zrem(redisKeys.schedules(), memberOf(project, n)));
      }
    },
    due: (now) =>
      onRedis(async () => {
        const found = await redis.zrangebyscore(
          redisKeys.schedules(),
          '-inf',
          now,
          'WITHSCORES',
          'LIMIT',
          0,
          AT_ONCE,
        );
        const times: DueTime[] = [];
        for (let n = 0; n < found.length; n += 2) {
          const [project = '', entry] = found[n]!.split(' ');
          times.push({ project, entry: Number(entry), at: Number(found[n + 1]) });
        }
        return times;
      }),
    async moveOn({ project, entry, at }, next, commit) {
      if (commit !== undefined) {
        await records.change(
          project,
          (record) => record && { ...record, lastCommits: { ...record.lastCommits, [entry]: commit } },
        );
      }
      await script('move-on', { member: memberOf(project, entry), at, next });
    },
    async remove(project) {
      const { entries = [] } = (await records.get(project)) ?? {};
      for (const n of entries.keys())
        await onRedis(() => redis.zrem(redisKeys.schedules(), memberOf(project, n)));
      await records.remove(project);
    },
    fill: records.fill,
  };
}
