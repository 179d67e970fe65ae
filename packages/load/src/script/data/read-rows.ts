import { readFileSync, statSync } from 'node:fs';
import { BadRows, parseCsv } from './csv.ts';

/** How files begin that are no text: archives, and what spreadsheets save; as Latin 1. */
const ARCHIVES = ['PK\x03\x04', '\xd0\xcf\x11\xe0', '\x1f\x8b'];
/** MB; every thread keeps its part of the rows in memory. */
const LARGEST_MB = 64;

/**
 * The rows of a data file: a list in JSON, or lines of CSV below a header.
 * @param path absolute; its ending tells what it is
 * @throws BadRows
 */
export function readRows(path: string): unknown[] {
  return rowsIn(read(path), path);
}

/** @throws BadRows */
export function rowsIn(bytes: Buffer, path: string): unknown[] {
  const text = textOf(bytes);
  const rows = /\.json$/i.test(path) ? parseJson(text) : parseCsv(text);
  if (rows.length === 0) throw new BadRows('it has no rows');
  return rows;
}

function read(path: string): Buffer {
  try {
    const megabytes = statSync(path).size / 2 ** 20;
    if (megabytes > LARGEST_MB)
      throw new BadRows(`it has ${Math.round(megabytes)} MB, and at most ${LARGEST_MB} are read`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof BadRows) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new BadRows(code === 'ENOENT' ? 'there is no such file' : (error as Error).message);
  }
}

/** UTF-8, or UTF-16 where its mark says so. */
function textOf(bytes: Buffer): string {
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

function parseJson(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text, LONG_NUMBER.test(text) ? exactly : undefined);
  } catch (error) {
    if (error instanceof BadRows) throw error;
    if (JSON_LINES.test(text))
      throw new BadRows('it is JSON line by line; write one list, as in [{"name": "anna"}, …]');
    throw new BadRows(`it is no JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(value)) throw new BadRows('it holds no list');
  return value;
}

/** Digits beyond what a number holds may be among these. */
const LONG_NUMBER = /\d{16}/;
const JSON_LINES = /^\s*\{.*\}\s*\r?\n\s*\{/;

/** @throws BadRows for a whole number that would become another one */
function exactly(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value === 'number' && /^-?\d+$/.test(source ?? '') && BigInt(source!) !== BigInt(value))
    throw new BadRows(`${source} has more digits than a number holds; write it in quotes`);
  return value;
}
