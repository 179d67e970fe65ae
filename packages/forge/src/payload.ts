import type { ForgeEvent, Pull, ReadEvents } from './event.ts';

/** Reads a body that anybody may have made: what is missing or of another kind is null, never an error. */
export function at(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return null;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

const LONGEST = 2000;

export function textAt(value: unknown, path: string): string | null {
  const found = at(value, path);
  return typeof found === 'string' && found !== '' ? found.slice(0, LONGEST) : null;
}

export function numberAt(value: unknown, path: string): number | null {
  const found = at(value, path);
  return typeof found === 'number' && Number.isSafeInteger(found) && found > 0 ? found : null;
}

/** A value that is a list; else none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  return listOf(at(value, path));
}

const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const ZEROS = /^0+$/;

/** A commit; null for the zeros that stand for none, and for what is no commit. */
export function shaAt(value: unknown, path: string): string | null {
  const found = textAt(value, path)?.toLowerCase() ?? '';
  return SHA.test(found) && !ZEROS.test(found) ? found : null;
}

/** Names of branches and tags are at most so long, and hold no control characters: git's own rule. */
function isRefName(name: string): boolean {
  return name !== '' && name.length <= 250 && !/[\x00-\x20\x7f~^:?*[\\]/.test(name);
}

const MOST_FILES = 200;
const MOST_FILE_CHARACTERS = 8000;

/** The paths of a push's commits; null where the forge may have cut them, or there are too many to keep. */
export function filesOf(commits: readonly unknown[], most: number): string[] | null {
  if (commits.length === 0 || commits.length >= most) return null;
  const files = new Set<string>();
  for (const commit of commits) {
    const lists = ['added', 'modified', 'removed'].map((list) => at(commit, list));
    if (!lists.every(Array.isArray)) return null;
    for (const path of (lists as unknown[][]).flat()) if (typeof path === 'string') files.add(path);
  }
  const found = [...files];
  return found.length > MOST_FILES || found.join('').length > MOST_FILE_CHARACTERS ? null : found;
}

interface RefChange {
  /** `refs/heads/main`, `refs/tags/v1` */
  readonly ref: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly repo: string | null;
  readonly defaultBranch: string | null;
  readonly message: string | null;
  readonly sender: string | null;
  readonly files: string[] | null;
}

/** A branch or a tag that moved. */
export function refChange(change: RefChange): ReadEvents {
  const [, kind, name = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(change.ref ?? '') ?? [];
  if (!kind || !isRefName(name)) return { ignored: 'It is about no branch and no tag.' };
  if (change.after === null) return { ignored: `${kind === 'tags' ? 'The tag' : 'The branch'} was deleted.` };
  if (change.repo === null) return UNREADABLE;
  const event: ForgeEvent = {
    kind: kind === 'tags' ? 'tag' : 'push',
    repo: change.repo,
    ref: name,
    sha: change.after,
    before: change.before,
    defaultBranch: change.defaultBranch,
    message: change.message ?? '',
    sender: change.sender ?? '',
    files: change.files,
  };
  return { events: [event] };
}

/** A pull request, as far as a forge told it. */
export type ToldPull = Omit<Partial<Record<keyof Pull, unknown>>, 'fork' | 'draft'> & {
  readonly fork: boolean;
  readonly draft: boolean;
};

type PullChange = ToldPull & {
  readonly what: 'pull' | 'closed';
  readonly repo: string | null;
  readonly defaultBranch: string | null;
  readonly sender: string | null;
};

/** Null where it is not as forges tell it. */
export function pullIn({ number, head, base, headRef, baseRef, title, fork, draft }: ToldPull): Pull | null {
  const isWhole =
    typeof number === 'number' &&
    [head, base, headRef, baseRef].every((text) => typeof text === 'string') &&
    [headRef, baseRef].every((name) => isRefName(name as string));
  if (!isWhole) return null;
  return {
    number,
    title: typeof title === 'string' ? title.slice(0, 300) : '',
    head: head as string,
    base: base as string,
    headRef: headRef as string,
    baseRef: baseRef as string,
    fork,
    draft,
  };
}

/** A pull request that was opened, got new commits, or is over. */
export function pullChange(change: PullChange): ReadEvents {
  const { repo } = change;
  const pull = pullIn(change);
  if (pull === null || repo === null) return UNREADABLE;
  const event: ForgeEvent = {
    kind: change.what,
    repo,
    ref: pull.headRef,
    sha: pull.head,
    before: null,
    defaultBranch: change.defaultBranch,
    message: pull.title,
    sender: change.sender ?? '',
    files: null,
    pull,
  };
  return { events: [event] };
}

export const UNREADABLE: ReadEvents = {
  ignored:
    'Its body is not as this forge writes it. Send it as JSON, from a hook of the kind that the project has.',
};
export const PING: ReadEvents = { ignored: 'A ping: the hook works.' };

export function notHeeded(what: string): ReadEvents {
  return { ignored: `Nothing is done for ${what.slice(0, 60)}. Pushes, tags and pull requests start runs.` };
}
