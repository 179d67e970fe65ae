import { createHash } from 'node:crypto';
import { MarteauError } from '@marteau/shared';
import type { Context } from '../context.ts';
import type { Project } from '../projects/project.ts';
import { createRecords } from '../records/records.ts';
import { redisKeys } from '../redis/keys.ts';
import { onRedis } from '../redis/store-error.ts';
import {
  type Identity,
  newId,
  PERSON_FORMAT,
  type Person,
  type Role,
  TEAM_FORMAT,
  type Team,
} from './person.ts';

/** People, teams, and which projects they were given. */
export interface People {
  /** @throws 'record-damaged', 'newer-data' */
  get(id: string): Promise<Person | null>;
  /** All that can be read. */
  list(): Promise<Person[]>;
  /** Whose identity it is. */
  find(identity: Pick<Identity, 'issuer' | 'subject'>): Promise<Person | null>;
  /** Finds the person of an identity, or makes one: two at once make one. */
  make(
    identity: Pick<Identity, 'issuer' | 'subject' | 'name'>,
    more?: Partial<Pick<Person, 'name' | 'mail' | 'isAdmin'>>,
  ): Promise<{ person: Person; isNew: boolean }>;
  /** @throws 'not-found' */
  change(id: string, work: (before: Person) => Person): Promise<Person>;
  /** @throws 'identity-taken' where it is somebody else's; 'not-found' */
  addIdentity(id: string, identity: Pick<Identity, 'issuer' | 'subject' | 'name'>): Promise<Person>;
  teams: {
    get(id: string): Promise<Team | null>;
    list(): Promise<Team[]>;
    make(name: string): Promise<Team>;
    /** @throws 'not-found' */
    change(id: string, work: (before: Team) => Team): Promise<Team>;
    remove(id: string): Promise<void>;
  };
  /** What a person was given by hand, alone or in a team: the higher role by id of the project. */
  rolesOf(personId: string): Promise<ReadonlyMap<string, Role>>;
  /** Notes who has which project, after its record was changed. */
  shared(before: Project['members'], after: Project): Promise<void>;
  /** Counts every change of people, teams and members: what was worked out from an older one does not hold. */
  version(): Promise<number>;
}

const ORDER: readonly Role[] = ['reader', 'runner', 'owner'];

/** The role that allows more. */
export function higher(a: Role | undefined, b: Role | undefined): Role | undefined {
  return ORDER.indexOf(a!) >= ORDER.indexOf(b!) ? a : b;
}

/** @param dataFolder absolute */
export function createPeople(
  context: Pick<Context, 'redis' | 'script' | 'clock'>,
  dataFolder: string,
): People & { fill(): Promise<string[]> } {
  const { redis, clock } = context;
  const people = createRecords(context, {
    hash: redisKeys.records('people'),
    folder: `${dataFolder}/people`,
    format: PERSON_FORMAT,
  });
  const teams = createRecords(context, {
    hash: redisKeys.records('teams'),
    folder: `${dataFolder}/teams`,
    format: TEAM_FORMAT,
  });
  const now = () => new Date(clock.now()).toISOString();
  const changed = () => onRedis(async () => void (await redis.incr(redisKeys.rights())));

  /** Whose the identity is from now on. */
  const claim = (identity: Pick<Identity, 'issuer' | 'subject'>, id: string) =>
    onRedis(async () => {
      await redis.hsetnx(redisKeys.identities(), nameOf(identity), id);
      return (await redis.hget(redisKeys.identities(), nameOf(identity))) ?? id;
    });

  async function find(identity: Pick<Identity, 'issuer' | 'subject'>): Promise<Person | null> {
    const id = await onRedis(() => redis.hget(redisKeys.identities(), nameOf(identity)));
    return id === null ? null : people.get(id);
  }

  async function change(id: string, work: (before: Person) => Person): Promise<Person> {
    const after = await people.change(id, (before) => {
      if (before === null) throw new MarteauError('not-found', { what: 'such person' });
      return work(before);
    });
    await changed();
    return after!;
  }

  /** Notes in which teams people are. */
  async function enlist(team: Team, before: readonly string[]): Promise<void> {
    const gone = before.filter((id) => !team.people.includes(id));
    await onRedis(() =>
      Promise.all([
        ...gone.map((id) => redis.srem(redisKeys.teamsof(id), team.id)),
        ...team.people.map((id) => redis.sadd(redisKeys.teamsof(id), team.id)),
      ]),
    );
  }

  return {
    get: people.get,
    list: async () => (await people.list()).records,
    find,
    change,
    async make(identity, more = {}) {
      const id = newId('u');
      const owner = await claim(identity, id);
      const at = now();
      const made: Person = {
        v: 1,
        id: owner,
        name: more.name || identity.name,
        mail: more.mail ?? null,
        identities: [{ issuer: identity.issuer, subject: identity.subject, name: identity.name, at }],
        passkeys: [],
        isAdmin: more.isAdmin ?? false,
        isDisabled: false,
        createdAt: at,
      };
      let isNew = false;
      const person = await people.change(owner, (before) => {
        isNew = before === null;
        return before ?? made;
      });
      if (isNew) await changed();
      return { person: person!, isNew };
    },
    async addIdentity(id, identity) {
      const owner = await claim(identity, id);
      if (owner !== id) throw new MarteauError('identity-taken', {});
      const { issuer, subject, name } = identity;
      return change(id, (before) => ({
        ...before,
        identities: [
          ...before.identities.filter((one) => nameOf(one) !== nameOf(identity)),
          { issuer, subject, name, at: now() },
        ],
      }));
    },
    teams: {
      get: teams.get,
      list: async () => (await teams.list()).records,
      async make(name) {
        const team: Team = { v: 1, id: newId('t'), name, people: [], createdAt: now() };
        await teams.put(team.id, team);
        return team;
      },
      async change(id, work) {
        let before: readonly string[] = [];
        const after = await teams.change(id, (team) => {
          if (team === null) throw new MarteauError('not-found', { what: 'such team' });
          before = team.people;
          return work(team);
        });
        await enlist(after!, before);
        await changed();
        return after!;
      },
      async remove(id) {
        const team = await teams.get(id);
        if (team === null) return;
        await enlist({ ...team, people: [] }, team.people);
        await teams.remove(id);
        await changed();
      },
    },
    async rolesOf(personId) {
      return onRedis(async () => {
        const holders = [personId, ...(await redis.smembers(redisKeys.teamsof(personId)))];
        const given = await Promise.all(holders.map((id) => redis.hgetall(redisKeys.given(id))));
        const roles = new Map<string, Role>();
        for (const [project, role] of given.flatMap((one) => Object.entries(one)))
          roles.set(project, higher(roles.get(project), role as Role)!);
        return roles;
      });
    },
    async shared(before, { id, members = [] }) {
      const gone = (before ?? []).filter(({ id: old }) => !members.some((member) => member.id === old));
      await onRedis(() =>
        Promise.all([
          ...gone.map((member) => redis.hdel(redisKeys.given(member.id), id)),
          ...members.map((member) => redis.hset(redisKeys.given(member.id), id, member.role)),
        ]),
      );
      await changed();
    },
    version: () => onRedis(async () => Number((await redis.get(redisKeys.rights())) ?? 0)),
    async fill() {
      // Of an emptied Redis, too, it must be another than any before.
      await onRedis(() => redis.set(redisKeys.rights(), Math.floor(clock.now()), 'NX'));
      const wrong = [...(await people.fill()), ...(await teams.fill())];
      for (const { id, identities } of (await people.list()).records)
        for (const identity of identities) await claim(identity, id);
      for (const team of (await teams.list()).records) await enlist(team, []);
      return wrong;
    },
  };
}

function nameOf({ issuer, subject }: Pick<Identity, 'issuer' | 'subject'>): string {
  return createHash('sha256').update(`${issuer}\n${subject}`).digest('base64url');
}
