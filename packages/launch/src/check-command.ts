import type { Command } from './sandboxes/sandbox.ts';

/** What Linux takes at most: one argument or variable, and all of them together (a quarter of the usual stack). */
const LONGEST_WORD = 128 * 1024 - 1;
const LONGEST_IN_ALL = 2_000_000;

/** Why no system would start this command, if so. */
export function whyNotStartable({ file, args, env }: Command): string | null {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const words = [file, ...args, ...variables];
  if (words.some((word) => word.includes('\0'))) return 'an argument or a variable holds a zero byte';
  if (Object.keys(env).some((name) => name === '' || name.includes('=')))
    return 'a variable has no proper name';
  const lengths = words.map((word) => Buffer.byteLength(word) + 1);
  const inAll = lengths.reduce((sum, length) => sum + length, 0);
  const isTooLong = inAll > LONGEST_IN_ALL || Math.max(...lengths) > LONGEST_WORD;
  return isTooLong ? 'its arguments and variables are too long' : null;
}
