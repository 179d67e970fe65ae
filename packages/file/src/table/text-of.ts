import { BadRows } from './csv.ts';

/**
 * The text of a table: UTF-8, or UTF-16 where its mark says so.
 * @throws BadRows
 */
export function tableText(bytes: Buffer): string {
  const mark = bytes.toString('latin1', 0, 4);
  if (ARCHIVES.some((each) => mark.startsWith(each)))
    throw new BadRows('it is a spreadsheet or an archive; save it as CSV (UTF-8)');
  const isUtf16 = mark.startsWith('\xff\xfe') ? 'utf-16le' : mark.startsWith('\xfe\xff') ? 'utf-16be' : null;
  try {
    const text = new TextDecoder(isUtf16 ?? 'utf-8', { fatal: true }).decode(bytes);
    if (/^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\//.test(text))
      throw new BadRows(
        'it is a pointer of Git LFS, and not the file itself; keep the file in the repository',
      );
    if (text.includes('\0'))
      throw new BadRows('it has bytes of zero, as UTF-16 without its mark; save the file as UTF-8');
    return text;
  } catch (error) {
    if (error instanceof BadRows) throw error;
    const before = bytes.toString('latin1', 0, firstWrongByte(bytes)).split(/\r\n|\n|\r/);
    throw new BadRows(`line ${before.length} is no UTF-8; save the file as UTF-8`);
  }
}

/** How files begin that are no text: archives, and what spreadsheets save; as Latin 1. */
const ARCHIVES = ['PK\x03\x04', '\xd0\xcf\x11\xe0', '\x1f\x8b'];

/** Where what is no UTF-8 begins, from 1. */
function firstWrongByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    // A part may end within a character: only what is wrong in itself counts.
    const part = new TextDecoder('utf-8', { fatal: true });
    try {
      part.decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return bad;
}
