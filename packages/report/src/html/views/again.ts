import { fileURLToPath } from 'node:url';
import type { Results } from '../../schema/results.ts';

/** How to run the same again: one command, of the same commit with the same choices. */
export function againInWords({ run, file }: Results): string {
  const commit = run.commit === null ? [] : ['--ref', run.commit];
  const profile = run.profile === null ? [] : ['--profile', run.profile];
  const overrides = Object.entries(file?.overrides ?? {}).flatMap(([field, value]) => [
    '--set',
    `${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ]);
  const folder = run.trigger === 'cli' ? folderOf(run.repo) : null;
  // What a server fetched can be fetched again, a bare repository, too.
  if (folder === null) return commandOf(['marteau', 'run', run.repo, ...commit, ...profile, ...overrides]);
  // A folder is run as it is, so its commit has to be there first.
  const checkout = run.commit === null ? [] : [commandOf(['git', '-C', folder, 'checkout', run.commit])];
  return [...checkout, commandOf(['marteau', 'run', folder, ...profile, ...overrides])].join('\n');
}

/** The folder of a project that was run as it lay there. */
function folderOf(repo: string): string | null {
  if (!repo.startsWith('file:///') || !URL.canParse(repo)) return null;
  try {
    return fileURLToPath(repo);
  } catch {
    return null; // an encoded slash, a folder of another system
  }
}

/** Words as a shell takes them, whatever is in them: who copies this line runs this program and no other. */
function commandOf(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w./:@=+,%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
