import type { GuidePage } from './guide.ts';
import { slug } from './markdown.ts';

/** A section of the guide in which all the words stand. */
export interface Found {
  page: string;
  /** Of the section; the page's own before its first heading. */
  title: string;
  href: string;
  /** What stands around the first of the words, in parts: every second one is a word that was looked for. */
  excerpt: string[];
}

const MOST = 30;
const MOST_WORDS = 8;
const BEFORE = 60;
const LENGTH = 220;

/** @param query words as typed; sections that have them in their title come first, then those that have them most often */
export function searchGuide(guide: readonly GuidePage[], query: string): Found[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
  if (words.length === 0) return [];
  return guide
    .flatMap((page) => sectionsOf(page).map((section) => ({ page, ...section })))
    .map((section) => ({ ...section, rank: rankOf(section, words) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((a, b) => b.rank - a.rank)
    .slice(0, MOST)
    .map(({ page, title, text }) => ({
      page: page.title,
      title: title === '' ? page.title : title,
      href: `/docs/${page.name}${title === '' ? '' : `#${slug(title)}`}`,
      excerpt: excerptOf(text, words),
    }));
}

interface Section {
  /** '' before the first heading. */
  title: string;
  text: string;
}

function sectionsOf({ source }: GuidePage): Section[] {
  return source
    .replace(/^<!--.*-->\n|^# .*$/gm, '')
    .split(/^## /m)
    .map((part, index) => {
      const end = index === 0 ? 0 : part.indexOf('\n');
      return { title: part.slice(0, end), text: plain(part.slice(end)) };
    });
}

/** Markdown as it is read: without its marks. */
function plain(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^```.*$|^\|[-|]+\|$|[`*]|^#+ /gm, '')
    .replace(/[\s|]*\|[\s|]*/g, ' · ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s·]+|[\s·]+$/g, '');
}

/** 0 where one of the words is missing. */
function rankOf({ title, text }: Section, words: readonly string[]): number {
  const [head, body] = [title.toLowerCase(), text.toLowerCase()];
  const ranks = words.map((word) => (head.includes(word) ? 100 : 0) + body.split(word).length - 1);
  return ranks.includes(0) ? 0 : ranks.reduce((sum, rank) => sum + rank, 0);
}

function excerptOf(text: string, words: readonly string[]): string[] {
  const first = words.map((word) => text.toLowerCase().indexOf(word)).find((at) => at >= 0) ?? 0;
  const from = Math.max(0, first - BEFORE);
  const shown = `${from > 0 ? '… ' : ''}${text.slice(from, from + LENGTH)}${from + LENGTH < text.length ? ' …' : ''}`;
  return shown.split(new RegExp(`(${words.map(RegExp.escape).join('|')})`, 'i'));
}
