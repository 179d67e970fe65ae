import { MarteauError } from '@marteau/shared';

const LONGEST = 250;

/** What a run is to be of: the default branch, a commit, or a branch or tag of this name. */
export type Ref =
  | { readonly kind: 'default' }
  | { readonly kind: 'commit'; readonly sha: string }
  | { readonly kind: 'name'; readonly name: string };

/** The rules of `git check-ref-format`, and what would look like an option or a pattern to git. */
const rules: readonly [RegExp, string][] = [
  [/^-/, 'it begins with "-", as an option of a program does'],
  [/[\x00-\x1f\x7f-\x9f]/, 'it holds control characters'],
  [/\s/, 'it holds blanks'],
  [/[~^:?*[\\]/, 'it holds one of ~ ^ : ? * [ \\'],
  [/\.\./, 'it holds ".."'],
  [/@\{|^@$/, 'it holds "@{" or is "@"'],
  [/^\/|\/$|\/\//, 'it begins or ends with "/", or holds "//"'],
  [/(^|\/)\./, 'a part of it begins with "."'],
  [/\.$|\.lock(\/|$)/, 'it ends with "." or ".lock"'],
];

/**
 * Reads the branch, tag or full commit that somebody typed; nothing typed is the default branch. Whether there is
 * such a branch is found when it is fetched, and only then whether few hex digits were meant as a shortened commit.
 * @throws MarteauError ref-wrong
 */
export function parseRef(typed: string | null | undefined): Ref {
  const text = (typed ?? '').trim();
  if (text === '' || text === 'HEAD') return { kind: 'default' };
  if (text.length > LONGEST) {
    throw new MarteauError('ref-wrong', {
      ref: `${text.slice(0, 20)}…`,
      detail: `it is longer than ${LONGEST} characters`,
    });
  }
  const broken = rules.find(([pattern]) => pattern.test(text));
  if (broken) throw new MarteauError('ref-wrong', { ref: printable(text), detail: broken[1] });
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(text)) return { kind: 'commit', sha: text.toLowerCase() };
  return { kind: 'name', name: text };
}

/** Whether a name looks like the first digits of a commit. */
export function looksLikeShortSha(name: string): boolean {
  return /^[0-9a-f]{4,39}$/i.test(name);
}

function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, '\u{fffd}').slice(0, 80);
}
