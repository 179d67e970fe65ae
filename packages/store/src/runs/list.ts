import { createHash } from 'node:crypto';
import { RUN_ID_PATTERN, type Run, RunState } from '@marteau/shared';
import type { Redis } from 'ioredis';
import type { Context } from '../context.ts';
import { projectId } from '../projects/project.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';

export interface ListQuery {
  /** One state, or several. */
  state?: RunState | readonly RunState[];
  /** Normalised URL. Repeats that confirm a change are not among a project's runs. */
  project?: string;
  /** From the page before. */
  cursor?: string | null;
  /** 1 … 200. */
  limit: number;
}

export interface RunPage {
  runs: Run[];
  /** Null at the end. With both `state` and `project` a page may hold fewer runs than asked for and yet go on. */
  cursor: string | null;
}

export interface ProjectEntry {
  id: string;
  /** Normalised URL. */
  project: string;
  runs: number;
  /** Null where none is left, or none was yet. */
  last: Run | null;
}

const MAX_PAGE = 200;
/** With both a state and a project, so many runs of the project are looked at for one page. */
const LOOKED_AT = 500;

/** All indexes hold ids with score 0, read from the newest name downwards: O(log n + page). */
const newest = (redis: Redis, index: string, cursor: string | null, count: number): Promise<string[]> =>
  redis.zrevrangebylex(index, cursor ? `(${cursor}` : '+', '-', 'LIMIT', 0, count);

const projectIndex = (project: string): string =>
  redisKeys.project(createHash('sha1').update(project).digest('hex'));

/** See Runs.list. */
export async function listRuns({ redis, read }: Context, query: ListQuery): Promise<RunPage> {
  const limit = Math.min(Math.max(1, Math.floor(query.limit)), MAX_PAGE);
  const cursor = query.cursor && RUN_ID_PATTERN.test(query.cursor) ? query.cursor : null;
  const states = query.state === undefined ? null : [query.state].flat();
  const ids = await onRedis(() => {
    if (query.project !== undefined && states) return idsOfBoth(redis, query.project, states, cursor, limit);
    if (query.project !== undefined) return idsOf(redis, [projectIndex(query.project)], cursor, limit);
    return idsOf(redis, states ? states.map(redisKeys.state) : [redisKeys.runs()], cursor, limit);
  });
  return { runs: await read.many(ids.page), cursor: ids.next };
}

interface Ids {
  page: string[];
  next: string | null;
}

async function idsOf(redis: Redis, indexes: string[], cursor: string | null, limit: number): Promise<Ids> {
  const lists = await Promise.all(indexes.map((index) => newest(redis, index, cursor, limit + 1)));
  const ids = lists.length === 1 ? lists[0]! : [...new Set(lists.flat())].sort().reverse();
  const page = ids.slice(0, limit);
  return { page, next: ids.length > limit ? page.at(-1)! : null };
}

/** No index for every pair: the project's newest runs are asked for their states. */
async function idsOfBoth(
  redis: Redis,
  project: string,
  states: readonly RunState[],
  cursor: string | null,
  limit: number,
): Promise<Ids> {
  const ids = await newest(redis, projectIndex(project), cursor, LOOKED_AT);
  const scores = await Promise.all(
    states.map((state) => (ids.length ? redis.zmscore(redisKeys.state(state), ...ids) : [])),
  );
  const matching = ids.filter((_, i) => scores.some((list) => list[i] !== null));
  if (matching.length > limit) {
    const page = matching.slice(0, limit);
    return { page, next: page.at(-1)! };
  }
  return { page: matching, next: ids.length === LOOKED_AT ? ids.at(-1)! : null };
}

/** How many runs are in each state. */
export async function countRuns({ redis }: Context): Promise<Record<RunState, number>> {
  const counts = await onRedis(() =>
    Promise.all(RunState.enum.map((state) => redis.zcard(redisKeys.state(state)))),
  );
  return Object.fromEntries(RunState.enum.map((state, i) => [state, counts[i]])) as Record<RunState, number>;
}

/** Projects with their last run, the most recently used first. The cursor is a rank. */
export async function listProjects(
  { redis, read }: Pick<Context, 'redis' | 'read'>,
  page: { cursor?: string | null; limit: number },
): Promise<{ projects: ProjectEntry[]; cursor: string | null }> {
  const limit = Math.min(Math.max(1, Math.floor(page.limit)), MAX_PAGE);
  const from = /^\d{1,9}$/.test(page.cursor ?? '') ? Number(page.cursor) : 0;
  const { names, entries } = await onRedis(async () => {
    const found = await redis.zrevrange(redisKeys.projects(), from, from + limit);
    const shown = found.slice(0, limit);
    const of = await Promise.all(
      shown.map(async (project) => {
        const index = projectIndex(project);
        const [runs, last] = await Promise.all([redis.zcard(index), newest(redis, index, null, 1)]);
        return { project, runs, last: last[0] };
      }),
    );
    return { names: found, entries: of };
  });
  const runs = await read.many(entries.flatMap(({ last }) => last ?? []));
  const byId = new Map<string | undefined, Run>(runs.map((run) => [run.id, run]));
  return {
    projects: entries.map(({ project, runs: count, last }) => ({
      id: projectId(project),
      project,
      runs: count,
      last: byId.get(last) ?? null,
    })),
    cursor: names.length > limit ? String(from + limit) : null,
  };
}
