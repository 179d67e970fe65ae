import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A line of the script. */
export interface SourceLine {
  /** `file:line:column` (or `file:line`), relative to the repository. */
  readonly source: string;
  /** What stands there, trimmed; null when it cannot be read. */
  readonly text: string | null;
}

/** A frame of a stack, or the line that Node puts above a mistake of syntax. */
const FRAME = /(?:\(|at (?:async )?|^)((?:file:\/\/|\/).*?):(\d+)(?::(\d+))?\)?$/;
const LONGEST_LINE = 200;

/** Finds and shows the lines of a project that errors come from. */
export class Sources {
  readonly #root: string;
  readonly #lines = new Map<string, readonly string[]>();

  /** @param root the repository's folder, with symbolic links resolved */
  constructor(root: string) {
    this.#root = root;
  }

  /** The first line of a stack that is the project's own; null where there is none. */
  find(stack: string): SourceLine | null {
    for (const line of stack.split('\n')) {
      const [, where, lineNumber, column] = FRAME.exec(line.trim()) ?? [];
      const file = where && this.#fileOf(where);
      if (!file) continue;
      const text = this.#read(file)[Number(lineNumber) - 1];
      return {
        source: [relative(this.#root, file), lineNumber, ...(column ? [column] : [])].join(':'),
        text: text === undefined ? null : text.trim().slice(0, LONGEST_LINE),
      };
    }
    return null;
  }

  /** A stack as a person wants it: paths relative to the repository, nothing of Node's or ours. */
  clean(stack: string): string {
    const lines = stack.split('\n').filter((line) => !/^\s+at /.test(line) || this.#isShown(line));
    return this.shorten(lines.join('\n'));
  }

  /** A text with the paths in it relative to the repository. */
  shorten(text: string): string {
    return text
      .replaceAll(`file://${this.#root}/`, '')
      .replaceAll(`${this.#root}/`, '')
      .replace(/\?user=\d+/g, '');
  }

  #isShown(line: string): boolean {
    const where = FRAME.exec(line.trim())?.[1];
    return where !== undefined && this.#inRoot(where) !== null;
  }

  #fileOf(where: string): string | null {
    const file = this.#inRoot(where);
    return file && !file.includes(`${sep}node_modules${sep}`) ? file : null;
  }

  #inRoot(where: string): string | null {
    const path = where.startsWith('file:') ? pathOf(where) : where;
    return path?.startsWith(this.#root + sep) ? path : null;
  }

  #read(file: string): readonly string[] {
    const known = this.#lines.get(file);
    if (known) return known;
    let lines: string[] = [];
    try {
      lines = readFileSync(file, 'utf8').split('\n');
    } catch {
      // A file that is gone, or never was one (an eval), shows no text.
    }
    this.#lines.set(file, lines);
    return lines;
  }
}

function pathOf(url: string): string | null {
  try {
    return fileURLToPath(url.replace(/[?#].*$/, ''));
  } catch {
    return null;
  }
}
