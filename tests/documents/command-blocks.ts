import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The commands of a block of a page, which a reader would type as they stand. */
export interface CommandBlock {
  /** 'docs/cli.md:21', for people. */
  at: string;
  /** 'docs/cli.md' */
  page: string;
  /** Without comments at the ends of lines. */
  script: string;
  /** Why it cannot run here; null where it runs. */
  notHere: string | null;
  /** What it prints when all is well and it goes on until Ctrl-C; null where it ends by itself. */
  until: string | null;
  /** Whether it takes too long for the everyday tests. */
  isLong: boolean;
}

const MARK = /^<!-- (?:not run here: (?<why>.+)|run(?<long> in test:long)?(?: until: (?<until>.+))?) -->$/;

export const pagesOf = (root: string): string[] => [
  'README.md',
  ...globSync(['docs/*.md', 'docs/guide/*.md'], { cwd: root }).sort(),
];

/** The blocks of all pages, in the order in which a reader meets them. @throws when a mark is none */
export function commandBlocks(root: string): CommandBlock[] {
  return pagesOf(root).flatMap((page) => blocksOf(page, readFileSync(join(root, page), 'utf8')));
}

function blocksOf(page: string, text: string): CommandBlock[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (line !== '```sh') return [];
    const at = `${page}:${index + 1}`;
    const above = lines[index - 1] ?? '';
    const mark = MARK.exec(above)?.groups;
    if (above.startsWith('<!--') && !mark) throw new Error(`${at}: what does "${above}" mean?`);
    const script = lines
      .slice(index + 1, lines.indexOf('```', index))
      .map((one) => one.replace(/(^|\s)# .*$/, ''))
      .join('\n');
    const { why = null, until = null, long } = mark ?? {};
    return [{ at, page, script, notHere: why, until, isLong: long !== undefined }];
  });
}

/** Blocks in which commands stand that no mark speaks of: those of no language, and indented ones. */
export function strayCommands(page: string, text: string): string[] {
  const words = /^(?: {4})?(?:\$ )?(?:npm|npx|node|marteau|curl|git|docker|sudo|systemctl) [a-z-]/;
  let language: string | null = null;
  return text.split('\n').flatMap((line, index) => {
    const fence = /^```(.*)$/.exec(line);
    if (fence) language = language === null ? fence[1]! : null;
    const isCode = language === '' || language === 'console' || language === 'bash' || language === null;
    const isCommand = words.test(line) && (language !== null || line.startsWith('    '));
    return !fence && isCode && isCommand ? [`${page}:${index + 1}: ${line.trim()}`] : [];
  });
}

/** Commands between backquotes in a page's sentences: `npm run demo`, `marteau check`. */
export function spokenCommands(text: string): string[] {
  const prose = text.replace(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/`((?:npx )?(?:npm|marteau|node) [^`]+)`/g)].map(([, command = '']) => command);
}
