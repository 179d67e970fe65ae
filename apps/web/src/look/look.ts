import { FileProblem } from '@marteau/file';
import { TargetDecision } from '@marteau/shared';
import { type Static, Type } from 'typebox';

/** What a repository's `.marteau.yml` amounts to, before anything is queued. */
export const Look = Type.Object({
  commit: Type.String({ description: 'the commit that was looked at' }),
  /** False when the repository has no `.marteau.yml`. */
  found: Type.Boolean(),
  problems: Type.Array(FileProblem, { description: 'every mistake in the file and in what overrides it' }),
  summary: Type.Union([Type.String(), Type.Null()], {
    description: 'what the file amounts to; null while it has mistakes',
    examples: ['4 cycles x 2 min, about 9 min, at most 100 users on 3 nodes'],
  }),
  name: Type.String(),
  fields: Type.Record(Type.String(), Type.String(), {
    description: 'what the file says, by the fields of the form',
  }),
  profiles: Type.Array(Type.String()),
  branches: Type.Array(Type.String(), { description: 'of the repository, as far as they are few' }),
  scripts: Type.Array(Type.String(), { description: 'files of the repository that are named as tests' }),
  tests: Type.Array(Type.String(), { description: 'names of tests in the script of the file' }),
  thresholds: Type.Array(Type.String()),
  target: Type.String(),
  consent: Type.Array(TargetDecision, {
    description: 'whether each target may be loaded, why, and how much; empty while the file has mistakes',
  }),
  email: Type.Array(Type.String(), { description: 'whom the file has mailed' }),
});
export type Look = Static<typeof Look>;
