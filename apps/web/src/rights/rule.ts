import type { KeyScope, Role } from '@marteau/store';

/**
 * Whom a route lets in. Every route says it (`config.access`); without it the server does not start.
 *
 * - `anonymous`: everybody, and who asks is not even looked up: files of pages, probes
 * - `open`: everybody; what the route shows to whom is its own business: signing in, what a signed link opens
 * - `signed-in`: whoever is known, and each is shown what they may see
 * - `self`: a person, in a browser where they signed in: what concerns them alone
 * - `admin`: admins, the access token, and everybody where nobody is asked who they are
 * - `metrics`: the same, and their keys of that scope
 * - a project, found by the route's `:id` of it or of a run: who has that role in it; others are told that there is
 *   nothing, as for an id that is none
 */
export type AccessRule = 'anonymous' | 'open' | 'signed-in' | 'self' | 'admin' | 'metrics' | ProjectRule;

export interface ProjectRule {
  readonly of: 'run' | 'project';
  readonly need: Role;
  /** What a key of the API has to be for. */
  readonly scope: KeyScope;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessRule;
    /** Asks for a second look at who somebody is, where they signed in long ago. */
    sudo?: boolean;
    /** Its answer lasts as long as somebody listens. */
    isStream?: boolean;
  }
}

/** Options of a route that takes who may do so much with the run in its address. */
export function ofRun(need: Role, scope: KeyScope = need === 'reader' ? 'read' : 'control') {
  return { config: { access: { of: 'run', need, scope } as const } };
}

/** The same of the project in its address. */
export function ofProject(need: Role, scope: KeyScope = need === 'reader' ? 'read' : 'control') {
  return { config: { access: { of: 'project', need, scope } as const } };
}

export const anonymous = { config: { access: 'anonymous' } } as const;
export const open = { config: { access: 'open' } } as const;
export const signedIn = { config: { access: 'signed-in' } } as const;
export const self = { config: { access: 'self' } } as const;
export const admin = { config: { access: 'admin' } } as const;
/** Reached by names that a cluster gives. */
export const metrics = { config: { access: 'metrics', anyHost: true } } as const;
