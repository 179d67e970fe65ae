import { MarteauError } from '@marteau/shared';
import {
  type ApiKey,
  higher,
  isAdmin,
  type KeyScope,
  type Person,
  projectId,
  type Role,
  type Store,
} from '@marteau/store';
import type { createHostRoles } from './host-roles.ts';
import type { ProjectRule } from './rule.ts';

/** What somebody may see and do. */
export interface Rights {
  readonly isAdmin: boolean;
  /** May see how the service does. */
  readonly watches: boolean;
  /** Normalised URLs of the projects that they may see; null for all. */
  readonly sees: readonly string[] | null;
  /** @param project its id */
  may(project: string, need: Role, scope: KeyScope): boolean;
}

const ORDER: readonly Role[] = ['reader', 'runner', 'owner'];
const REMEMBERED = 10_000;

export const allRights: Rights = { isAdmin: true, watches: true, sees: null, may: () => true };
export const noRights: Rights = { isAdmin: false, watches: false, sees: [], may: () => false };

/** Works out rights of people, and remembers them until any right changes. */
export function createRights(
  store: Pick<Store, 'people' | 'projects'>,
  hosts: ReturnType<typeof createHostRoles>,
  admins: readonly string[],
) {
  const known = new Map<string, { version: number; until: number; rights: Rights }>();

  /**
   * @param version see People.version: what was worked out from an older one is forgotten
   * @param toStart git hosts are asked what they say now
   */
  async function ofPerson(person: Person, version: number, toStart = false): Promise<Rights> {
    const remembered = known.get(person.id);
    const isKnown = remembered?.version === version && Date.now() < remembered.until;
    if (isKnown && !toStart) return remembered.rights;
    const worked = await workOut(person, toStart);
    known.delete(person.id);
    known.set(person.id, { version, ...worked });
    for (const oldest of known.keys()) {
      if (known.size <= REMEMBERED) break;
      known.delete(oldest);
    }
    return worked.rights;
  }

  async function workOut(person: Person, toStart: boolean): Promise<{ rights: Rights; until: number }> {
    if (isAdmin(person, admins)) return { rights: allRights, until: Number.POSITIVE_INFINITY };
    const [given, { roles: there, until }] = await Promise.all([
      store.people.rolesOf(person.id),
      hosts.ofPerson(person.id, toStart),
    ]);
    const roles = new Map(given);
    for (const [project, role] of there) roles.set(project, higher(roles.get(project), role)!);
    const projects = await Promise.all([...roles.keys()].map((id) => store.projects.get(id)));
    const rights: Rights = {
      isAdmin: false,
      watches: false,
      sees: projects.flatMap((project) => project?.repo ?? []),
      may: (project, need) => ORDER.indexOf(roles.get(project)!) >= ORDER.indexOf(need),
    };
    return { rights, until };
  }

  /** A key does no more than its person, nothing beyond its projects and scopes, and of what is an admin's, an admin's key sees figures. */
  async function ofKey(key: ApiKey, person: Rights): Promise<Rights> {
    const { projects, scopes } = key;
    const own = projects && (await Promise.all(projects.map((id) => store.projects.get(id))));
    const named = own?.flatMap((project) => project?.repo ?? []) ?? null;
    const sees = named?.filter((repo) => person.may(projectId(repo), 'reader', 'read')) ?? person.sees;
    return {
      isAdmin: false,
      watches: person.watches && scopes.includes('metrics'),
      sees: scopes.includes('read') ? sees : [],
      may: (project, need, scope) =>
        scopes.includes(scope) &&
        (projects === null || projects.includes(project)) &&
        person.may(project, need, scope),
    };
  }

  return { ofPerson, ofKey };
}

const what: Record<Role, string> = { reader: 'see it', runner: 'run or change it', owner: 'set it up' };

/**
 * @param thing how it is named where nobody may know of it, as for an id that is none
 * @throws MarteauError not-found where it may not be seen, not-allowed where it may be
 */
export function demand(
  rights: Rights,
  project: string,
  { need, scope }: Pick<ProjectRule, 'need' | 'scope'>,
  thing: string,
): void {
  if (rights.may(project, need, scope)) return;
  if (!rights.may(project, 'reader', 'read')) throw new MarteauError('not-found', { what: thing });
  throw new MarteauError('not-allowed', {
    what: what[need],
    who: need === 'runner' ? 'a runner or an owner of the project' : 'an owner of the project',
  });
}

/**
 * Whether somebody may have a repository run, or looked at. Whether there is a project of it is told to nobody who may not.
 * @param repo normalised URL @throws MarteauError not-yours
 */
export function demandToRun(rights: Rights, repo: string): void {
  if (!rights.may(projectId(repo), 'runner', 'submit')) throw new MarteauError('not-yours', {});
}
