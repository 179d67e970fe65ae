import { isMarteauError } from '@marteau/shared';
import { parseAddress } from '@marteau/source';
import { higher, projectId, type Role, type Store } from '@marteau/store';
import type { Provider } from '../sign-in/providers/provider.ts';

/** So long what a host said holds; then it is asked again. */
const FRESH_MS = 5 * 60_000;
/** Before a load begins it is asked again, unless that was just done. */
const FRESH_FOR_STARTS_MS = 10_000;
/** So long a host that is away takes nobody's sight of what they could see. */
const READ_MS = 3_600_000;

interface Told {
  roles: Map<string, Role>;
  /** ms since 1970: when it has to be asked again. */
  until: number;
}

/**
 * What git hosts let a person do, each asked with the person's own token and never with the server's. A host that is away
 * lets nobody start anything, and goes on letting them read for an hour.
 */
export function createHostRoles(
  store: Pick<Store, 'hostTokens'>,
  providers: readonly Provider[],
  log: { warn(fields: object, message: string): void },
  now: () => number = Date.now,
) {
  /** @param toStart for the right to start a load, which must not be one that was taken away meanwhile */
  async function ofPerson(person: string, toStart = false): Promise<Told> {
    const freshMs = toStart ? FRESH_FOR_STARTS_MS : FRESH_MS;
    const hosts = providers.filter(({ roles }) => roles !== null);
    const said = hosts.length > 0 ? await store.hostTokens.said(person) : new Map();
    const each = await Promise.all(
      hosts.map((host) => ofHost(person, host, said.get(host.id) ?? null, freshMs)),
    );
    const all = new Map<string, Role>();
    for (const [project, role] of each.flatMap(({ roles }) => [...roles]))
      all.set(project, higher(all.get(project), role)!);
    return { roles: all, until: Math.min(Number.POSITIVE_INFINITY, ...each.map(({ until }) => until)) };
  }

  async function ofHost(
    person: string,
    { id, roles }: Provider,
    before: { at: number; roles: Record<string, Role> } | null,
    freshMs: number,
  ): Promise<Told> {
    const age = before === null ? Number.POSITIVE_INFINITY : now() - before.at;
    if (before !== null && age < freshMs)
      return { roles: new Map(Object.entries(before.roles)), until: before.at + FRESH_MS };
    const nothing: Told = { roles: new Map(), until: Number.POSITIVE_INFINITY };
    try {
      const token = await store.hostTokens.get(person, id);
      if (token === null) return nothing;
      const told = byProject(await roles!(token));
      await store.hostTokens.say(person, id, { at: now(), roles: Object.fromEntries(told) });
      return { roles: told, until: now() + FRESH_MS };
    } catch (error) {
      if (isMarteauError(error, 'access-denied') || isMarteauError(error, 'sealed-elsewhere')) {
        await store.hostTokens.drop(person, id);
        return nothing;
      }
      if (!isMarteauError(error, 'host-away')) throw error;
      log.warn({ person, provider: id }, error.message);
      const seen = before !== null && age < READ_MS ? Object.keys(before.roles) : [];
      // Asked again soon: it may be back.
      return { roles: new Map(seen.map((project) => [project, 'reader'])), until: now() + 15_000 };
    }
  }

  return { ofPerson };
}

/** Repositories are named there by an address; projects by the same, normalised. */
function byProject(roles: ReadonlyMap<string, Role>): Map<string, Role> {
  const projects = new Map<string, Role>();
  for (const [address, role] of roles) {
    try {
      projects.set(projectId(parseAddress(address).url), role);
    } catch {
      // What git cannot fetch is no project.
    }
  }
  return projects;
}
