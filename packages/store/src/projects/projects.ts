import { setTimeout as sleep } from 'node:timers/promises';
import { MarteauError } from '@marteau/shared';
import type { Context } from '../context.ts';
import type { People } from '../people/people.ts';
import type { Role } from '../people/person.ts';
import { createRecords } from '../records/records.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import { listProjects, type ProjectEntry, type ProjectQuery } from '../runs/list.ts';
import { isIndexed } from '../runs/rebuild.ts';
import { PROJECT_FORMAT, type Project, projectId } from './project.ts';

/** Repositories, each with a record of its own that outlives its runs. */
export interface Projects {
  /** Makes the project of a repository, or finds it. @param repo normalised URL */
  make(repo: string): Promise<{ id: string; isNew: boolean }>;
  /** @throws 'record-damaged', 'newer-data' */
  get(id: string): Promise<Project | null>;
  /** Gives it to a person or a team, or takes it from them. @throws 'not-found' */
  share(id: string, member: string, role: Role | null): Promise<Project>;
  /** The most recently used first. */
  list(page: ProjectQuery): Promise<{
    projects: ProjectEntry[];
    cursor: string | null;
  }>;
}

/** How `Projects` stands in the store itself. */
export interface ProjectRecords extends Projects {
  /** See Records.fill; and the list gets those without a run. */
  fill(): Promise<string[]>;
  /** The record alone, with what it gave to whom. */
  remove(id: string): Promise<void>;
  /** As it was, unless it was made anew meanwhile. */
  putBack(project: Project): Promise<void>;
  /** Makes those of runs that an older version took in, once the index stands. */
  adopt(context: Pick<Context, 'redis' | 'closed'>): Promise<void>;
}

const LOOK_MS = 500;

/** @param folder absolute, in the data folder */
export function createProjects(
  context: Pick<Context, 'redis' | 'script' | 'clock' | 'read'>,
  folder: string,
  people: Pick<People, 'shared'>,
): ProjectRecords {
  const { redis, clock } = context;
  const records = createRecords(context, {
    hash: redisKeys.records('projects'),
    folder,
    format: PROJECT_FORMAT,
  });
  /** Where it stands in the list as long as nothing ran: what is used later comes first. */
  const enlist = ({ repo, createdAt }: Project) =>
    onRedis(() => redis.zadd(redisKeys.projects(), 'NX', Date.parse(createdAt), repo));

  async function make(repo: string): Promise<{ id: string; isNew: boolean }> {
    const id = projectId(repo);
    if (await records.has(id)) return { id, isNew: false };
    const made: Project = { v: 1, id, repo, createdAt: new Date(clock.now()).toISOString() };
    let isNew = false;
    await records.change(id, (before) => {
      isNew = before === null;
      return before ?? made;
    });
    await enlist(made);
    return { id, isNew };
  }

  return {
    make,
    get: records.get,
    async share(id, member, role) {
      let before: Project['members'];
      const after = await records.change(id, (project) => {
        if (project === null) throw new MarteauError('not-found', { what: 'such project' });
        before = project.members;
        const others = (project.members ?? []).filter((one) => one.id !== member);
        return { ...project, members: role === null ? others : [...others, { id: member, role }] };
      });
      await people.shared(before, after!);
      return after!;
    },
    list: (page) => listProjects(context, page),
    async fill() {
      const wrong = await records.fill();
      for (const project of (await records.list()).records) {
        await enlist(project);
        if (project.members) await people.shared([], project);
      }
      return wrong;
    },
    async remove(id) {
      const project = await records.get(id);
      if (project === null) return;
      await records.remove(id);
      await onRedis(() => redis.zrem(redisKeys.projects(), project.repo));
      await people.shared(project.members, { ...project, members: [] });
    },
    async putBack(project) {
      const now = await records.change(project.id, (before) => before ?? project);
      await enlist(now!);
      await people.shared([], now!);
    },
    async adopt({ closed }) {
      while (!(await isIndexed(context))) await sleep(LOOK_MS, undefined, { signal: closed });
      for (const repo of await onRedis(() => redis.zrange(redisKeys.projects(), '0', '-1'))) await make(repo);
    },
  };
}
