import { parseDuration } from '@marteau/shared';
import type { When } from '../schema/when.ts';
import { matchesAny } from './matches.ts';

/** A branch or tag that moved, as far as `when` looks at it. */
export interface Moved {
  readonly kind: 'push' | 'tag';
  readonly ref: string;
  /** Null where not all of them are known. */
  readonly files: readonly string[] | null;
  readonly message: string;
}

/** A pull request, as far as `when` looks at it. */
export interface Requested {
  readonly baseRef: string;
  readonly draft: boolean;
  readonly title: string;
}

/** To start a run, or why not, in a sentence. */
export type Decision = { readonly profile: string | null } | { readonly ignored: string };

const SKIP = /\[(skip ci|ci skip|no ci|skip marteau|marteau skip)\]/i;

const listOf = (written: string | readonly string[] | undefined): readonly string[] | null =>
  written === undefined ? null : [written].flat();

/** Whether a push is one that the file wants runs of. */
export function decidePush(when: When | undefined, { kind, ref, files, message }: Moved): Decision {
  const push = when?.push;
  if (push === undefined) return { ignored: 'The file has no `when: {push: …}` at this commit.' };
  const [branches, tags, paths] = [listOf(push.branches), listOf(push.tags), listOf(push.paths)];
  const isAll = branches === null && tags === null;
  const [what, field, wanted] =
    kind === 'tag' ? (['tag', 'tags', tags] as const) : (['branch', 'branches', branches] as const);
  if (!isAll && (wanted === null || !matchesAny(wanted, ref))) {
    return { ignored: `The ${what} ${ref} is none of when.push.${field}.` };
  }
  if (kind === 'push') {
    const skip = SKIP.exec(message);
    if (skip) return { ignored: `The commit says ${skip[0]}.` };
    if (paths && files && !files.some((file) => matchesAny(paths, file))) {
      return { ignored: 'No file of when.push.paths changed.' };
    }
  }
  return { profile: push.profile ?? null };
}

/** Whether a pull request is one that the file wants runs of. */
export function decidePull(when: When | undefined, { baseRef, draft, title }: Requested): Decision {
  const pull = when?.pull;
  if (pull === undefined) return { ignored: 'The file has no `when: {pull: …}` at this commit.' };
  const branches = listOf(pull.branches);
  if (branches && !matchesAny(branches, baseRef)) {
    return { ignored: `It is to be merged into ${baseRef}, which is none of when.pull.branches.` };
  }
  if (draft && !pull.drafts) return { ignored: 'It is a draft, and when.pull.drafts is not set.' };
  const skip = SKIP.exec(title);
  if (skip) return { ignored: `Its title says ${skip[0]}.` };
  return { profile: pull.profile ?? null };
}

/** `when.pull` with its defaults. */
export function pullRules(when: When | undefined) {
  const {
    gate = 'advisory',
    strict = false,
    forks = 'ask',
    comment = 'on-change',
    maxTime = '45m',
  } = when?.pull ?? {};
  return { gate, strict, forks, comment, maxTimeMs: parseDuration(maxTime) ?? 0 } as const;
}
