import type { SimpleGit } from 'simple-git';
import type { Suggestions } from './job.ts';
import type { ListedFile } from './list-files.ts';
import { lsRemote } from './receive.ts';

const MOST_BRANCHES = 200;
const MOST_SCRIPTS = 50;
const MOST_TESTS = 50;
const MOST_BYTES = 256 * 1024;
const TEST_FILE = /\.(test|spec)\.[cm]?[jt]s$/;
/** `test('browse', …`, `it("buys", …` and the like at the beginning of a line. */
const TEST = /^(?:test|it)(?:\.only)?\(\s*(['"`])((?:(?!\1)[^\\\n$]){1,100})\1/gm;

/** What cannot be read is left out: nobody waits for a hint, or is refused for one. */
export async function suggestionsOf(
  git: SimpleGit,
  files: readonly ListedFile[],
  text: string | null,
): Promise<Suggestions> {
  const [branches, scriptText] = await Promise.all([
    branchesOf(git).catch(() => []),
    scriptOf(git, files, text).catch(() => ''),
  ]);
  const tests = [...new Set([...scriptText.matchAll(TEST)].map(([, , name = '']) => name))];
  const scripts = files.map(({ path }) => path).filter((path) => TEST_FILE.test(path));
  return { branches, scripts: scripts.slice(0, MOST_SCRIPTS), tests: tests.slice(0, MOST_TESTS), scriptText };
}

async function branchesOf(git: SimpleGit): Promise<string[]> {
  const { refs } = await lsRemote(git, ['--heads']);
  return [...refs.keys()].slice(0, MOST_BRANCHES).map((ref) => ref.replace('refs/heads/', ''));
}

/** By one line of the file, which is parsed elsewhere: no more than a hint is lost where it is written in another way. */
async function scriptOf(git: SimpleGit, files: readonly ListedFile[], text: string | null): Promise<string> {
  const [, script] = /^script:[ \t]*["']?([^\s"'#]+)/m.exec(text ?? '') ?? [];
  const file = script && files.find(({ path }) => path === script || path.endsWith(`/${script}`));
  if (!file || Number(await git.raw(['cat-file', '-s', file.sha])) > MOST_BYTES) return '';
  return String(await git.binaryCatFile(['blob', file.sha]));
}
