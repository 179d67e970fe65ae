import type { SimpleGit } from 'simple-git';
import { refusal } from './refusal.ts';

const NEEDED = [2, 37] as const;

/** An older git ignores http.curloptResolve, and would look the host up again by itself. */
export async function requirePinning(git: SimpleGit): Promise<void> {
  const { major, minor, patch, installed } = await git.version();
  if (!installed) throw refusal('git-missing', {});
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  throw refusal('git-too-old', { version: `${major}.${minor}.${patch}`, needed: NEEDED.join('.') });
}
