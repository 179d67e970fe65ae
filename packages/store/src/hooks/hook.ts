import { ForgeKind } from '@marteau/forge';
import { type Static, Type } from 'typebox';

/** What a forge calls when something happens in a project's repository, and how it is answered. */
export const Hook = Type.Object({
  v: Type.Literal(1),
  project: Type.String({ description: 'the id of its project, and of this record' }),
  repo: Type.String({ description: 'its normalised URL' }),
  forge: Type.Object({
    kind: ForgeKind,
    api: Type.String({ description: 'the base address of its API, without a slash at its end' }),
  }),
  quiet: Type.Optional(
    Type.String({ maxLength: 2000, description: 'when nothing starts by itself, as people write it' }),
  ),
  polls: Type.Optional(
    Type.Literal(true, { description: 'its repository is looked at, because nobody calls' }),
  ),
  issues: Type.Optional(
    Type.Literal(true, {
      description: 'an issue is opened at the forge while the level of a trend is worse than it was',
    }),
  ),
  /** The newest first. Any of them opens: one that was given up does so for a while. */
  secrets: Type.Array(
    Type.Object({
      secret: Type.String(),
      madeAt: Type.String({ description: 'ISO 8601' }),
      until: Type.Optional(Type.String({ description: 'ISO 8601; it was given up, and opens as long' })),
    }),
    { minItems: 1, maxItems: 2 },
  ),
  isClosed: Type.Optional(Type.Boolean({ description: 'its project was deleted' })),
});
export type Hook = Static<typeof Hook>;
export type HookForge = Hook['forge'];

export const HOOK_FORMAT = { schema: Hook, version: 1, upgrades: {} } as const;

/** The secrets that open at a moment. @param now ms since 1970 */
export function openingSecrets({ secrets }: Hook, now: number): string[] {
  return secrets.flatMap(({ secret, until }) => (until && Date.parse(until) <= now ? [] : [secret]));
}
