import { checkFile } from '../check/check-file.ts';
import { pathText } from '../check/path.ts';
import { type FileProblem, sortProblems } from '../check/problem.ts';
import type { MarteauFile } from '../schema/file.ts';
import { decode } from '../yaml/decode.ts';
import { readYaml } from '../yaml/read.ts';

/** A file without mistakes, or all of its mistakes in the order of the file. */
export type ParsedFile =
  | { file: MarteauFile; problems: [] }
  | {
      file: null;
      problems: [FileProblem, ...FileProblem[]];
      /** Whom the file names, where nothing is wrong with that. */
      email?: string[];
    };

const MOST_PROBLEMS = 100;

/**
 * Reads `.marteau.yml`. Never throws; for text from outside use `parseFileOffThread`, because YAML can be made to
 * take long.
 * @param input the file’s text or bytes (bytes also show what is not UTF-8)
 */
export function parseFile(input: string | Uint8Array): ParsedFile {
  const decoded = decode(input);
  if ('what' in decoded) return wrong([{ line: 1, column: 1, path: '', ...decoded }]);
  const { value, problems, locate } = readYaml(decoded.text);
  if (problems.length === 0 && (value === undefined || value === null)) return wrong([emptyFile]);
  if (value !== undefined) {
    const lines = new Set(problems.map(({ line }) => line));
    for (const { path, at, offset, what, fix } of checkFile(value ?? {})) {
      const place = locate(path, at, offset);
      // A line that YAML itself complains about has been told enough.
      if (!lines.has(place.line)) problems.push({ ...place, path: pathText(path), what, fix });
    }
  }
  return problems.length === 0
    ? { file: value as MarteauFile, problems: [] }
    : wrong(problems, emailOf(value, problems));
}

function emailOf(value: unknown, problems: readonly FileProblem[]): string[] {
  if (problems.some(({ path }) => path.startsWith('email'))) return [];
  const { email } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return [email].flat().filter((each) => typeof each === 'string');
}

const emptyFile: FileProblem = {
  line: 1,
  column: 1,
  path: '',
  what: 'the file is empty',
  fix: 'name a test to begin with, as in script: loadtest/checkout.test.ts',
};

function wrong(problems: FileProblem[], email: string[] = []): ParsedFile {
  const sorted = sortProblems(problems);
  const shown = sorted.slice(0, MOST_PROBLEMS);
  const last = sorted[MOST_PROBLEMS];
  if (last) {
    const what = `${sorted.length - MOST_PROBLEMS} more mistakes follow`;
    shown.push({ ...last, path: '', what, fix: 'correct those above first' });
  }
  return {
    file: null,
    problems: shown as [FileProblem, ...FileProblem[]],
    ...(email.length > 0 && { email }),
  };
}
