import { readFileSync } from 'node:fs';
import { QUESTIONS } from './questions.ts';

/** Of one rung, each question's answer: `closed` or `open`. */
export type Answers = Readonly<Record<string, string>>;

const HEAD = '| what a program of a run might try |';

/** Reads the table of docs/security.md: for each of its columns the answers, by the names of the questions. */
export function readTable(): Answers[] {
  const lines = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8').split('\n');
  const from = lines.findIndex((line) => line.startsWith(HEAD));
  const names = new Map(Object.entries(QUESTIONS).map(([name, words]) => [words as string, name]));
  const columns: Record<string, string>[] = [];
  for (const line of lines.slice(from + 2)) {
    if (!line.startsWith('|')) break;
    const [, words = '', ...cells] = line.split('|').map((cell) => cell.trim());
    for (const [index, cell] of cells.slice(0, -1).entries()) {
      columns[index] ??= {};
      columns[index][names.get(words) ?? words] = cell.replaceAll('*', '');
    }
  }
  return columns;
}

/** The table's rows for these answers, to be put into the document. */
export function rowsOf(columns: readonly Answers[]): string {
  return Object.entries(QUESTIONS)
    .map(([name, words]) => {
      const cells = columns.map((answers) => (answers[name] === 'open' ? '**open**' : answers[name]));
      return `| ${[words, ...cells].join(' | ')} |`;
    })
    .join('\n');
}
