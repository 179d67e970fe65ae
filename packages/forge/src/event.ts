import { type Static, Type } from 'typebox';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** A pull request, a merge request: the same thing. */
export const Pull = Type.Object({
  number: Type.Integer({ minimum: 1 }),
  title: Type.String(),
  /** Commits, 40 or 64 hex digits; Bitbucket's events have fewer, and its API has all. */
  head: Type.String(),
  base: Type.String(),
  /** Names of branches. */
  headRef: Type.String(),
  baseRef: Type.String(),
  fork: Type.Boolean({ description: 'its commits lie in another repository than the project’s' }),
  draft: Type.Boolean(),
});
export type Pull = Static<typeof Pull>;

/** What happened in a repository, however its forge writes it. */
export const ForgeEvent = Type.Object({
  kind: Type.Enum(['push', 'tag', 'pull', 'closed']),
  /** As the forge names the repository that it happened in. */
  repo: Type.String({ description: 'an address that can be cloned' }),
  /** The name of a branch or a tag; of a pull request, of the branch that it comes from. */
  ref: Type.String(),
  sha: Type.String({ description: 'the commit that is there now' }),
  before: Nullable(Type.String({ description: 'the commit that was there; null for a new branch' })),
  defaultBranch: Nullable(Type.String()),
  message: Type.String({ description: 'of the newest commit, or the title' }),
  sender: Type.String({ description: 'a name of the forge’s; shown, and nothing goes by it' }),
  /** Paths that changed; null where not all are told. */
  files: Nullable(Type.Array(Type.String())),
  pull: Type.Optional(Pull),
});
export type ForgeEvent = Static<typeof ForgeEvent>;

/** What was read of one call of a hook: what is to be done, or why nothing is. */
export type ReadEvents = { readonly events: readonly ForgeEvent[] } | { readonly ignored: string };
