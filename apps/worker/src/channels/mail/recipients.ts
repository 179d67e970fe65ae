import { readAddress } from '@marteau/mail';
import type { Recipient } from '@marteau/shared';

/** Of the file, as its schema has it, and of the submission. */
const MOST = 11;

/** Everyone who is mailed about a run: whom its submission and its file name, each once, wrong ones left out. */
export function recipientsOf(submitted: string | null, file: readonly string[]): Recipient[] {
  const found = new Map<string, string>();
  for (const written of [submitted ?? '', ...file]) {
    const address = readAddress(written)?.address;
    if (address && !found.has(address.toLowerCase())) found.set(address.toLowerCase(), address);
  }
  return [...found.values()].slice(0, MOST).map((to) => ({ kind: 'mail', to }));
}
