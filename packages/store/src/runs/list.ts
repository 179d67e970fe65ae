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
  /** Only of these projects: what somebody may see. Null or absent for all. */
  among?: readonly string[] | null;
  /** From the page before. */
  cursor?: string | null;
  /** 1 … 200. */
  limit: number;
}

export interface RunPage {
  runs: Run[];
  /** Null at the end. With `state` and projects a page may hold fewer runs than asked for and yet go on. */
  cursor: string | null;
}

export interface IdPage {
  ids: string[];
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

export interface ProjectQuery {
  cursor?: string | null;
  /** 1 … 200 */
  limit: number;
  /** Only these, normalised URLs; null or absent for all. */
  among?: readonly string[] | null;
}

const MAX_PAGE = 200;
/** With both a state and projects, so many runs of these are looked at for one page. */
const LOOKED_AT = 500;

/** All indexes hold ids with score 0, read from the newest name downwards: O(log n + page). */
const newest = (redis: Redis, index: string, cursor: string | null, count: number): Promise<string[]> =>
  redis.zrevrangebylex(index, cursor ? `(${cursor}` : '+', '-', 'LIMIT', 0, count);

const projectIndex = (project: string): string =>
  redisKeys.project(createHash('sha1').update(project).digest('hex'));

/** See Runs.list. */
export async function listRuns(context: Context, query: ListQuery): Promise<RunPage> {
  const { ids, cursor } = await listIds(context, query);
  return { runs: await context.read.many(ids), cursor };
}

/** See Runs.ids. */
export async function listIds({ redis }: Pick<Context, 'redis'>, query: ListQuery): Promise<IdPage> {
  const limit = Math.min(Math.max(1, Math.floor(query.limit)), MAX_PAGE);
  const cursor = query.cursor && RUN_ID_PATTERN.test(query.cursor) ? query.cursor : null;
  const states = query.state === undefined ? null : [query.state].flat();
  const projects = projectsOf(query)?.map(projectIndex) ?? null;
  const { page, next } = await onRedis(() => {
    if (projects && states) return idsOfBoth(redis, projects, states, cursor, limit);
    return idsOf(redis, projects ?? (states ?? RunState.enum).map(redisKeys.state), cursor, limit);
  });
  return { ids: page, cursor: next };
}

interface Ids {
  page: string[];
  next: string | null;
}

async function idsOf(
  redis: Redis,
  indexes: readonly string[],
  cursor: string | null,
  limit: number,
): Promise<Ids> {
  const lists = await Promise.all(indexes.map((index) => newest(redis, index, cursor, limit + 1)));
  const ids = lists.length === 1 ? lists[0]! : [...new Set(lists.flat())].sort().reverse();
  const page = ids.slice(0, limit);
  return { page, next: ids.length > limit ? page.at(-1)! : null };
}

/** The projects that a list is of; null for all. */
function projectsOf({ project, among }: ListQuery): readonly string[] | null {
  if (project === undefined) return among ?? null;
  return among && !among.includes(project) ? [] : [project];
}

/** No index for every pair: the projects' newest runs are asked for their states. */
async function idsOfBoth(
  redis: Redis,
  projects: readonly string[],
  states: readonly RunState[],
  cursor: string | null,
  limit: number,
): Promise<Ids> {
  const each = Math.max(limit + 1, Math.ceil((2 * LOOKED_AT) / (projects.length + 1)));
  const { page: ids, next } = await idsOf(redis, projects, cursor, Math.min(each, LOOKED_AT));
  const scores = await Promise.all(
    states.map((state) => (ids.length ? redis.zmscore(redisKeys.state(state), ...ids) : [])),
  );
  const matching = ids.filter((_, i) => scores.some((list) => list[i] !== null));
  if (matching.length > limit) {
    const page = matching.slice(0, limit);
    return { page, next: page.at(-1)! };
  }
  return { page: matching, next };
}

/** Of these projects those in the places, the most recently used first. */
async function usedLast(redis: Redis, among: readonly string[], from: number, to: number): Promise<string[]> {
  const scores = among.length === 0 ? [] : await redis.zmscore(redisKeys.projects(), ...among);
  return among
    .map((project, i) => ({ project, at: Number(scores[i] ?? 0) }))
    .sort((a, b) => b.at - a.at || (a.project < b.project ? 1 : -1))
    .slice(from, to + 1)
    .map(({ project }) => project);
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
  page: ProjectQuery,
): Promise<{ projects: ProjectEntry[]; cursor: string | null }> {
  const limit = Math.min(Math.max(1, Math.floor(page.limit)), MAX_PAGE);
  const from = /^\d{1,9}$/.test(page.cursor ?? '') ? Number(page.cursor) : 0;
  const { names, entries } = await onRedis(async () => {
    const found = await (page.among
      ? usedLast(redis, page.among, from, from + limit)
      : redis.zrevrange(redisKeys.projects(), from, from + limit));
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
