import type { SimpleGit } from 'simple-git';
import type { Suggestions } from './job.ts';
import type { ListedFile } from './list-files.ts';
import { lsRemote } from './receive.ts';

const MOST_BRANCHES = 200;
const MOST_SCRIPTS = 50;
const MOST_TESTS = 50;
const MOST_BYTES = 256 * 1024;
const MOST_TRAFFIC = 3;
/** `traffic: FILE.csv`, and `load: FILE.csv`. */
const TRAFFIC = /\b(?:traffic|load):[ \t]*["']?([^\s"'#,}\]]+\.csv)/gi;
const TEST_FILE = /\.(test|spec)\.[cm]?[jt]s$/;
/** `test('browse', …`, `it("buys", …` and the like at the beginning of a line. */
const TEST = /^(?:test|it)(?:\.only)?\(\s*(['"`])((?:(?!\1)[^\\\n$]){1,100})\1/gm;

/** What cannot be read is left out: nobody waits for a hint, or is refused for one. */
export async function suggestionsOf(
  git: SimpleGit,
  files: readonly ListedFile[],
  text: string | null,
): Promise<Suggestions> {
  const [branches, scriptText, traffic] = await Promise.all([
    branchesOf(git).catch(() => []),
    scriptOf(git, files, text).catch(() => ''),
    trafficOf(git, files, text).catch(() => ({})),
  ]);
  const tests = [...new Set([...scriptText.matchAll(TEST)].map(([, , name = '']) => name))];
  const scripts = files.map(({ path }) => path).filter((path) => TEST_FILE.test(path));
  return {
    branches,
    scripts: scripts.slice(0, MOST_SCRIPTS),
    tests: tests.slice(0, MOST_TESTS),
    scriptText,
    traffic,
  };
}

async function branchesOf(git: SimpleGit): Promise<string[]> {
  const { refs } = await lsRemote(git, ['--heads']);
  return [...refs.keys()].slice(0, MOST_BRANCHES).map((ref) => ref.replace('refs/heads/', ''));
}

/** By one line of the file, which is parsed elsewhere: no more than a hint is lost where it is written in another way. */
async function scriptOf(git: SimpleGit, files: readonly ListedFile[], text: string | null): Promise<string> {
  const [, script] = /^script:[ \t]*["']?([^\s"'#]+)/m.exec(text ?? '') ?? [];
  return script === undefined ? '' : String((await namedFile(git, files, script))?.bytes ?? '');
}

/** By the paths of files in the repository, in the same way: what the traffic is that the file names. */
async function trafficOf(
  git: SimpleGit,
  files: readonly ListedFile[],
  text: string | null,
): Promise<Record<string, string>> {
  const names = new Set(
    [...(text ?? '').matchAll(TRAFFIC)].map(([, name = '']) => name.replace(/^\.\//, '')),
  );
  const found: Record<string, string> = {};
  for (const name of [...names].slice(0, MOST_TRAFFIC)) {
    const file = await namedFile(git, files, name);
    if (file) found[file.path] = file.bytes.toString('base64');
  }
  return found;
}

/** Null where there is none, or it is long. */
async function namedFile(
  git: SimpleGit,
  files: readonly ListedFile[],
  name: string,
): Promise<{ path: string; bytes: Buffer } | null> {
  const file = files.find(({ path }) => path === name || path.endsWith(`/${name}`));
  if (!file || Number(await git.raw(['cat-file', '-s', file.sha])) > MOST_BYTES) return null;
  return { path: file.path, bytes: await git.binaryCatFile(['blob', file.sha]) };
}
