import type { IncomingHttpHeaders } from 'node:http';
import { type Static, Type } from 'typebox';
import type { ForgeApi } from './api/forge-api.ts';
import type { CommentApi } from './comment.ts';
import type { Pull, ReadEvents } from './event.ts';
import type { IssueApi } from './issue.ts';
import type { Proof } from './signature/proof.ts';
import type { CommitStatus } from './status.ts';

export const ForgeKind = Type.Enum(['github', 'gitlab', 'gitea', 'forgejo', 'bitbucket', 'generic']);
export type ForgeKind = Static<typeof ForgeKind>;

/** Where a pull request stands at this moment, which events, late and out of order, do not tell. */
export interface PullNow {
  readonly head: string;
  readonly base: string;
  readonly open: boolean;
}

/** The pull requests that are open now. */
export interface OpenPulls {
  /** Those that changed last first. */
  readonly pulls: readonly Pull[];
  /** Whether there are no others. */
  readonly isAll: boolean;
  /** By which the forge knows what it answered; null where it has no such thing. */
  readonly tag: string | null;
}

/**
 * A place where repositories live: what it sends when something happens there, and what it can be told. A call of its
 * API throws ForgeRefusal.
 *
 *     POST /hooks/PROJECT ─▶ prove(headers) ─▶ bytes ─▶ holds? ─▶ read ─▶ ForgeEvent
 *     a run's state ─▶ status, comments ─▶ the forge's API
 */
export interface Forge {
  readonly kind: ForgeKind;
  readonly name: string;
  /** Hosts that are surely of this kind. */
  readonly hosts: readonly string[];
  /** The base address of its API, without a slash at its end. @param repo the project's address */
  apiOf(repo: URL): string;
  /** What its hook has to be set up with there, in a sentence. */
  readonly setUp: string;
  /** What shows that the call comes from who knows a secret; null where the headers show nothing. @param now ms */
  prove(headers: IncomingHttpHeaders, secrets: readonly string[], now: number): Proof | null;
  /** The same for every try of one call; null where it has none. */
  deliveryOf(headers: IncomingHttpHeaders): string | null;
  /** @param body parsed; whatever somebody who knows the secret sent */
  read(headers: IncomingHttpHeaders, body: unknown): ReadEvents;
  /** Under which name its repository has the head of a pull request, forks' too; null where it has none. */
  pullRef(number: number): string | null;
  /** Null where nothing can be told. */
  readonly status: ((api: ForgeApi, commit: string, status: CommitStatus) => Promise<void>) | null;
  readonly comments: ((api: ForgeApi, pull: number) => CommentApi) | null;
  readonly issues: ((api: ForgeApi) => IssueApi) | null;
  /** @param tag of the answer before @returns null where nothing changed since then */
  readonly pulls: ((api: ForgeApi, tag: string | null) => Promise<OpenPulls | null>) | null;
  readonly pull: ((api: ForgeApi, number: number) => Promise<PullNow>) | null;
}
