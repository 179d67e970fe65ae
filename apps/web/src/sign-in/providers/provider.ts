import type { Role } from '@marteau/store';

/** Who signed in elsewhere, and what that place lets us ask in their name. */
export interface SignedInThere {
  issuer: string;
  subject: string;
  /** For people to read; nothing goes by it. */
  name: string;
  /** Of a git host: opens what the person may see there; null where there is nothing to ask. */
  token: string | null;
}

/** What is kept between leaving for the other place and coming back. */
export interface Kept {
  state: string;
  verifier: string;
  nonce: string;
}

/** A place where people sign in with accounts that they have. To add one, see README.md of this folder. */
export interface Provider {
  /** In addresses: `github`. */
  readonly id: string;
  /** Its address as it was set up, which is the issuer of who signs in there. */
  readonly origin: string;
  /** As people call it. */
  readonly name: string;
  /** Where the browser goes. @param back where it comes back to @throws sign-in-failed */
  begin(back: string): Promise<{ url: string; kept: Kept }>;
  /** @param url the address with which it came back @throws sign-in-failed */
  finish(url: URL, kept: Kept): Promise<SignedInThere>;
  /**
   * What the person may do with each repository there; null for a place without any.
   * @returns roles by the address of the repository
   * @throws 'host-away' where it does not answer, 'access-denied' where it does not take the token any more
   */
  readonly roles: ((token: string) => Promise<Map<string, Role>>) | null;
}

/** How one is set up: by environment, MARTEAU_ID_CLIENT_ID and the like. */
export interface ProviderSettings {
  id: 'oidc' | 'github' | 'gitlab' | 'gitea';
  /** Where it is: an issuer, or the origin of a git host. */
  url: string;
  clientId: string;
  clientSecret: string;
}
