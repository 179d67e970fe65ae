import type { ApiKey, Person, PersonSession } from '@marteau/store';

/** Who asks, as far as the server knows. */
export type Actor =
  /** Nobody is asked: a server for one, on loopback. */
  | { readonly kind: 'everyone' }
  /** Who has shown the access token. */
  | { readonly kind: 'token' }
  | { readonly kind: 'person'; readonly person: Person; readonly session: PersonSession }
  /** A program, for a person. */
  | { readonly kind: 'key'; readonly key: ApiKey; readonly person: Person }
  | { readonly kind: 'nobody' };

/** As the audit log names them: what they are, and how people know them. */
export function inAudit(actor: Actor): { who: string; name: string } {
  switch (actor.kind) {
    case 'person':
      return { who: `person ${actor.person.id}`, name: actor.person.name };
    case 'key':
      return { who: `key ${actor.key.id}`, name: `${actor.key.name}, ${actor.person.name}` };
    case 'token':
      return { who: 'token', name: 'the access token' };
    case 'everyone':
      return { who: 'everyone', name: '' };
    default:
      return { who: 'nobody', name: '' };
  }
}
