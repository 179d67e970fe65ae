import { ForgeRefusal } from './api/forge-refusal.ts';
import { nameIn } from './marker.ts';
import { cutTo } from './status.ts';

export interface ForgeIssue {
  /** As the forge's addresses have it. */
  readonly id: string;
  readonly body: string;
  /** Whether it is an issue that was opened by who the token is. */
  readonly isOwn: boolean;
}

/** The issues of a repository. Each call throws ForgeRefusal. */
export interface IssueApi {
  /** Characters that a body may have. */
  readonly longest: number;
  /** Those that are open, and what the forge lists beside them. @param page from 1 @returns an empty list behind the last */
  page(page: number): Promise<readonly ForgeIssue[]>;
  create(title: string, body: string): Promise<string>;
  /** Whatever it was, it is open or closed then. */
  update(id: string, body: string, isOpen: boolean): Promise<void>;
  comment(id: string, body: string): Promise<void>;
}

/** What the one issue about something shall say. */
export interface IssueText {
  /** What it is about: there is one for each. */
  readonly about: string;
  readonly title: string;
  /** Markdown, without the marker. */
  readonly body: string;
  /** Kept in the marker, for who finds it again: words without spaces. */
  readonly notes: string;
}

const MOST_PAGES = 20;
const LONGEST_TITLE = 200;

/** The issue about something that is open now, with the notes in it; null for none. @throws ForgeRefusal */
export async function findIssue(
  issues: IssueApi,
  about: string,
): Promise<{ id: string; notes: string } | null> {
  const begin = beginOf(about);
  const seen = new Set<string>();
  for (let number = 1; number <= MOST_PAGES; number++) {
    const page = await issues.page(number);
    const found = page.find(({ isOwn, body }) => isOwn && body.startsWith(begin));
    if (found) return { id: found.id, notes: found.body.slice(begin.length).split(' ', 1)[0] ?? '' };
    // A forge that knows no pages answers with all of them again.
    if (page.every(({ id }) => seen.has(id))) return null;
    for (const { id } of page) seen.add(id);
  }
  return null;
}

/** Opens it, or writes over the one that is there. @param known its id, null for none @returns its id @throws ForgeRefusal */
export async function openIssue(issues: IssueApi, text: IssueText, known: string | null): Promise<string> {
  const body = bodyOf(issues, text);
  if (known !== null && (await isDone(issues.update(known, body, true)))) return known;
  return issues.create(cutTo(text.title, LONGEST_TITLE), body);
}

/** Closes it, and says why; one that is gone is closed. @throws ForgeRefusal */
export async function closeIssue(issues: IssueApi, id: string, text: IssueText, why: string): Promise<void> {
  if (await isDone(issues.update(id, bodyOf(issues, text), false))) await issues.comment(id, why);
}

function bodyOf({ longest }: IssueApi, { about, notes, body }: IssueText): string {
  const marker = `${beginOf(about)}${notes} -->`;
  return `${marker}\n${cutTo(body, longest - marker.length - 1)}`;
}

function beginOf(about: string): string {
  return `<!-- marteau-trend:${nameIn(about)}: `;
}

/** False where it is gone. */
async function isDone(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof ForgeRefusal && (error.status === 404 || error.status === 410)) return false;
    throw error;
  }
}
