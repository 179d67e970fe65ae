import { randomInt } from 'node:crypto';
import { Nullable } from '@marteau/shared';
import { type Static, Type } from 'typebox';

/** What a person may do with a project: see it; run it, too; set it up, too. */
export const Role = Type.Enum(['reader', 'runner', 'owner']);
export type Role = Static<typeof Role>;

/**
 * Who somebody is to whoever says so: never a name, and an address only where the mail itself is the proof (issuer
 * `mail`). A git host's issuer is its origin, its subject the number of the account there.
 */
export const Identity = Type.Object({
  issuer: Type.String({ maxLength: 300 }),
  subject: Type.String({ maxLength: 300 }),
  /** What the issuer calls them, for people to read alone. */
  name: Type.String({ maxLength: 200 }),
  at: Type.String({ description: 'ISO 8601' }),
});
export type Identity = Static<typeof Identity>;

/** A key that a browser or a phone keeps (WebAuthn). */
export const Passkey = Type.Object({
  id: Type.String({ maxLength: 1400, description: 'of the credential, base64url' }),
  publicKey: Type.String({ maxLength: 4000, description: 'COSE, base64url' }),
  counter: Type.Integer(),
  transports: Type.Array(Type.String({ maxLength: 30 })),
  name: Type.String({ maxLength: 100 }),
  at: Type.String({ description: 'ISO 8601' }),
});
export type Passkey = Static<typeof Passkey>;

export const Person = Type.Object({
  v: Type.Literal(1),
  id: Type.String({ pattern: '^u[0-9a-z]{12}$' }),
  name: Type.String({ maxLength: 200 }),
  /** Where they are mailed. */
  mail: Nullable(Type.String({ maxLength: 254 })),
  identities: Type.Array(Identity),
  passkeys: Type.Array(Passkey),
  isAdmin: Type.Boolean(),
  isDisabled: Type.Boolean(),
  createdAt: Type.String({ description: 'ISO 8601' }),
});
export type Person = Static<typeof Person>;

export const PERSON_FORMAT = { schema: Person, version: 1, upgrades: {} } as const;

/** A named list of people. */
export const Team = Type.Object({
  v: Type.Literal(1),
  id: Type.String({ pattern: '^t[0-9a-z]{12}$' }),
  name: Type.String({ minLength: 1, maxLength: 100 }),
  people: Type.Array(Type.String()),
  createdAt: Type.String({ description: 'ISO 8601' }),
});
export type Team = Static<typeof Team>;

export const TEAM_FORMAT = { schema: Team, version: 1, upgrades: {} } as const;

const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** An id that says nothing: who guesses it has nothing. */
export function newId(kind: 'u' | 't'): string {
  return kind + Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** Whether an admin made them one, or MARTEAU_ADMIN names an address that they signed in with. */
export function isAdmin(person: Person, admins: readonly string[]): boolean {
  return (
    person.isAdmin ||
    person.identities.some(({ issuer, subject }) => issuer === 'mail' && admins.includes(subject))
  );
}
