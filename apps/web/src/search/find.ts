import { type RunState, Verdict } from '@marteau/shared';
import type { IndexFile } from './index-file.ts';
import { placeOfCursor, placeOfTime } from './place-of.ts';

/** What is looked for; all of it has to hold. Empty texts ask nothing. */
export interface SearchQuery {
  /** Words of name, reason, commit, branch, note and tags; the last may be the beginning of one. */
  q?: string | undefined;
  /** Normalised URL. */
  project?: string | undefined;
  state?: RunState | undefined;
  verdict?: string | undefined;
  /** A branch, a tag of git or a commit, as it was submitted. */
  ref?: string | undefined;
  /** Its beginning, hex digits. */
  commit?: string | undefined;
  tag?: string | undefined;
  /** As lists show who asked. */
  who?: string | undefined;
  /** Submitted from, and before: ISO 8601, or a day. */
  since?: string | undefined;
  until?: string | undefined;
}

export interface Limits {
  /** Only of these projects; null for all. */
  among: readonly string[] | null;
  /** The id of the last run of the page before. */
  cursor: string | null;
  limit: number;
}

const MOST_WORDS = 20;

/** The ids of what matches, the newest first; one more than asked for where there are more. */
export function find(index: IndexFile, query: SearchQuery, { among, cursor, limit }: Limits): string[] {
  const wheres: string[] = [];
  const values: (string | bigint)[] = [];
  const where = (sql: string, ...more: (string | bigint)[]): void => {
    wheres.push(sql);
    values.push(...more);
  };
  const match = matchOf(query);
  if (match !== null) where('words MATCH ?', match);
  const place = match === null ? 'run.place' : 'words.rowid';
  const last = cursor === null ? null : placeOfCursor(cursor);
  // A place that was taken moved its run by a few: what was shown is left out by its id.
  if (last !== null) where(`${place} <= ? AND run.id <> ?`, last, cursor!);
  const [since, until] = [momentOf(query.since), momentOf(query.until)];
  if (since !== null) where(`${place} >= ?`, placeOfTime(since));
  if (until !== null) where(`${place} < ?`, placeOfTime(until));
  if (query.project) where('run.project = ?', query.project);
  if (query.state) where('run.state = ?', query.state);
  if (query.verdict && Verdict.enum.some((one) => one === query.verdict))
    where('run.verdict = ?', query.verdict);
  if (query.ref) where('run.ref = ?', query.ref);
  const sha = query.commit?.toLowerCase() ?? '';
  if (/^[0-9a-f]{1,40}$/.test(sha)) where('run.sha >= ? AND run.sha < ?', sha, `${sha}g`);
  if (query.tag) where('run.place IN (SELECT place FROM tag WHERE tag = ?)', query.tag);
  if (among !== null) where(`run.project IN (${among.map(() => '?').join(',') || "''"})`, ...among);
  const from = match === null ? 'run' : 'words JOIN run ON run.place = words.rowid';
  const condition = wheres.length > 0 ? `WHERE ${wheres.join(' AND ')}` : '';
  const sql = `SELECT run.id AS id FROM ${from} ${condition} ORDER BY ${place} DESC LIMIT ${limit + 1}`;
  return index.all(sql, values).map(({ id }) => id);
}

/** In the language of FTS5, in which nothing that people type means anything. */
function matchOf({ q = '', who = '' }: SearchQuery): string | null {
  const terms = [
    ...wordsIn(q).map((word) => `said : ${word}`),
    ...wordsIn(who).map((word) => `who : ${word}`),
  ];
  return terms.length > 0 ? terms.join(' AND ') : null;
}

/** The last may be the beginning of a word: it is still being typed. */
const wordsIn = (text: string): string[] => {
  const words = (text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).slice(0, MOST_WORDS);
  return words.map((word, n) => (n === words.length - 1 ? `"${word}" *` : `"${word}"`));
};

/** ms; null for what is no time. */
function momentOf(text: string | undefined): number | null {
  const at = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
