import { cutTo } from '@marteau/forge';
import type { News } from './channel.ts';

const MARKS: Readonly<Record<string, string>> = {
  pass: '✓',
  fail: '✗',
  invalid: '△',
  error: '!',
  worse: '✗',
  better: '✓',
};

/** '✗ fail · Shop on main' */
export function titleOf({ outcome, title }: News): string {
  return `${MARKS[outcome] ?? '·'} ${title}`;
}

/** Everything as lines, cut to so many characters; the link is never cut. */
export function plainLines(news: News, most: number): string {
  const facts = news.facts.map(({ label, value }) => `${label}: ${value}`).join(' · ');
  const lines = [titleOf(news), news.sentence, facts].filter(Boolean).join('\n');
  return `${cutTo(lines, most - news.url.length - 1)}\n${news.url}`;
}
