import { ForgeRefusal } from './api/forge-refusal.ts';
import { nameIn } from './marker.ts';
import { cutTo } from './status.ts';

export interface ForgeComment {
  /** As the forge's addresses have it. */
  readonly id: string;
  readonly body: string;
  readonly author: string;
}

/** The comments of one pull request. Each call throws ForgeRefusal. */
export interface CommentApi {
  /** Characters that one may have. */
  readonly longest: number;
  /** Whether what stands in `<!-- -->` stays hidden there; else the first heading tells whose a comment is. */
  readonly hidesMarkers: boolean;
  /** Who the token is, as `author` names it. */
  me(): Promise<string>;
  /** From 1. @returns an empty list behind the last page */
  page(number: number): Promise<readonly ForgeComment[]>;
  create(body: string): Promise<string>;
  update(id: string, body: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/** What the one comment of a test on a pull request shall say. */
export interface CommentText {
  /** The test's name: each has a comment of its own. */
  readonly about: string;
  /** Rises from run to run: an older one never overwrites a newer. */
  readonly order: string;
  /** Markdown, without the marker. */
  readonly body: string;
  /** Written although there is none yet. */
  readonly isNews: boolean;
}

/** What became of it. `id`: of the comment that is there now. */
export type Commented =
  | { readonly did: 'created' | 'updated' | 'same' | 'older'; readonly id: string }
  | { readonly did: 'nothing'; readonly id: null };

const MOST_PAGES = 50;
const ORDER = /\brun:([0-9a-z]+)/;

/** The comment as it was written last. */
export interface KnownComment {
  readonly id: string;
  readonly order: string;
}

/**
 * Writes the one comment of a test: over the one that is there, however it is found, and never a second one. Callers
 * hold a lock of the pull request. @param known null where nobody knows
 * @throws ForgeRefusal
 */
export async function keepComment(
  comments: CommentApi,
  text: CommentText,
  known: KnownComment | null,
): Promise<Commented> {
  if (known !== null && known.order > text.order) return { did: 'older', id: known.id };
  const marker = markerOf(comments, text);
  const body = `${marker.line}\n${cutTo(text.body, comments.longest - marker.line.length - 1)}`;
  // Lists lag behind what was written; an id does not.
  if (known !== null && (await isDone(comments.update(known.id, body))))
    return { did: 'updated', id: known.id };
  const ours = await findOurs(comments, marker.begin);
  const [first, ...others] = ours;
  // Two that raced each other: the oldest stays.
  for (const other of others) await isDone(comments.remove(other.id));
  if (first === undefined) {
    if (!text.isNews) return { did: 'nothing', id: null };
    return { did: 'created', id: await comments.create(body) };
  }
  const newest =
    ours
      .map((one) => ORDER.exec(headOf(one.body))?.[1] ?? '')
      .toSorted()
      .at(-1) ?? '';
  if (newest > text.order) return { did: 'older', id: first.id };
  if (first.body === body) return { did: 'same', id: first.id };
  await comments.update(first.id, body);
  return { did: 'updated', id: first.id };
}

/** The first line of a comment of ours; `begin` is the part that does not change from run to run. */
function markerOf({ hidesMarkers }: CommentApi, { about, order }: CommentText) {
  const name = nameIn(about);
  return hidesMarkers
    ? { begin: `<!-- marteau:${name} run:`, line: `<!-- marteau:${name} run:${order} -->` }
    : { begin: `### Marteau: ${name} (run:`, line: `### Marteau: ${name} (run:${order})` };
}

function headOf(body: string): string {
  return body.slice(0, 300).split('\n', 1)[0] ?? '';
}

/** Those that we wrote, the oldest first: anybody can write the marker, and only we are the author. */
async function findOurs(comments: CommentApi, begin: string): Promise<readonly ForgeComment[]> {
  const me = await comments.me();
  const all = new Map<string, ForgeComment>();
  for (let page = 1; page <= MOST_PAGES; page++) {
    const some = await comments.page(page);
    // A forge that knows no pages answers with all of them again.
    if (some.every(({ id }) => all.has(id))) break;
    for (const one of some) all.set(one.id, one);
  }
  return [...all.values()]
    .filter(({ author, body }) => me !== '' && author === me && body.startsWith(begin))
    .toSorted((a, b) => Number(a.id) - Number(b.id));
}

/** False where it is gone. */
async function isDone(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof ForgeRefusal && error.status === 404) return false;
    throw error;
  }
}

/** Text that strangers chose, as Markdown that says nothing: no mention, no reference, no link, no HTML, no table. */
export function plainText(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/([\\`*_{}[\]()~|!])/g, '\\$1')
    .replace(/([@#])/g, '$1\u200b')
    .replace(/:\/\//g, ':\u200b//')
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}\u200b.`);
}
