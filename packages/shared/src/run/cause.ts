import { type Static, Type } from 'typebox';
import type { Recipient } from './delivery.ts';

/** What happened that a run was started for, where no person asked for it. Kinds are added, never renamed. */
export const Cause = Type.Object({
  kind: Type.String({ examples: ['push', 'tag', 'pull', 'schedule'] }),
  ref: Type.String({ description: 'the branch or tag; of a pull request, the branch that it comes from' }),
  sha: Type.String({ description: 'the commit that is told of it' }),
  context: Type.Optional(
    Type.String({
      description: 'under which name the forge shows what became of it; none where it shows nothing',
      examples: ['marteau/Shop/smoke'],
    }),
  ),
  isDefault: Type.Optional(Type.Literal(true, { description: 'the branch is the default one' })),
  issue: Type.Optional(
    Type.Literal(true, {
      description: 'the forge gets an issue while the level of its trend is worse than it was',
    }),
  ),
  pull: Type.Optional(
    Type.Object({
      number: Type.Integer({ minimum: 1 }),
      baseRef: Type.String({ description: 'the branch that it is to be merged into' }),
      comment: Type.Enum(['on-change', 'always', 'never']),
      strict: Type.Boolean({ description: 'what is invalid or not decided fails its check' }),
      gate: Type.Optional(
        Type.Enum(['advisory', 'thresholds', 'confirmed'], {
          description: 'what fails its check beside thresholds; only "confirmed" does',
        }),
      ),
      base: Type.Optional(
        Type.String({ description: 'where its branch left the other: what its head is compared with' }),
      ),
      noBase: Type.Optional(Type.String({ description: 'why no such commit is known, a sentence' })),
      maxTimeMs: Type.Optional(
        Type.Integer({ minimum: 0, description: 'how long the runs of one head may take together, ms' }),
      ),
      fork: Type.Optional(
        Type.Literal(true, { description: 'strangers can write it: it gets no secrets, and few nodes' }),
      ),
    }),
  ),
});
export type Cause = Static<typeof Cause>;

/** Whom a cause has told about its run, beside people: the status of its commit first, which is told from the beginning. */
export function recipientsOfCause({ context, issue, pull }: Cause): Recipient[] {
  const kept: Recipient[] = issue ? [{ kind: 'issue', to: 'trend' }] : [];
  if (context === undefined) return kept;
  const comment = pull && pull.comment !== 'never' ? [{ kind: 'comment', to: `#${pull.number}` }] : [];
  return [{ kind: 'status', to: context }, ...comment, ...kept];
}
