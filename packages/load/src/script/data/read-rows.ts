import { readFileSync, statSync } from 'node:fs';
import { BadRows, parseCsv, tableText } from '@marteau/file';

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
  const text = tableText(bytes);
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
