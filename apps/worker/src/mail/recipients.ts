import { readAddress } from './addresses.ts';

/** Everyone who is mailed about a run: its submitter and the file's addresses, each once, wrong ones left out. */
export function recipientsOf(submitter: string | null, file: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const written of [submitter ?? '', ...file]) {
    const address = readAddress(written)?.address;
    if (address && !found.has(address.toLowerCase())) found.set(address.toLowerCase(), address);
  }
  return [...found.values()];
}
