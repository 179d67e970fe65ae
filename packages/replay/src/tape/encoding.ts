import { tapeWrong } from '../wrong.ts';

/**
 * PowerShell's `>` writes UTF-16, and by then it has damaged what is not ASCII: such a file is better made anew.
 * @throws tape-wrong
 */
export function refuseUtf16(bytes: Buffer, name: string): void {
  const [a = 1, b = 1, c = 1, d = 1] = bytes;
  const isMarked = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  const hasZeros = (b === 0 && d === 0 && a !== 0) || (a === 0 && c === 0 && b !== 0);
  if (!isMarked && !hasZeros) return;
  throw tapeWrong(`${name} is UTF-16, as PowerShell's > writes it. Save it in UTF-8, or export it anew.`);
}
