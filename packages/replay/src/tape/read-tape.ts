import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { formatBytes } from '@marteau/shared';
import { readHar } from '../har/read-har.ts';
import { readRec } from '../rec/read-rec.ts';
import { tapeWrong } from '../wrong.ts';
import type { Tape } from './exchange.ts';

/** In bytes: more does not fit into one text of V8. */
export const LARGEST_TAPE = 400e6;

/**
 * Reads a tape from its file: HAR by its name or its looks, else .rec.
 * @throws tape-wrong when there is none, it is too large, or it cannot be read (with line and column)
 */
export function readTape(path: string): Tape {
  const name = basename(path);
  const bytes = readWhole(path);
  const isHar = /\.har$/i.test(name) || /^(?:\ufeff)?\s*\{/.test(bytes.toString('utf8', 0, 64));
  return isHar ? readHar(bytes, name, besides(path)) : readRec(bytes, name);
}

function readWhole(path: string): Buffer {
  try {
    const { size } = statSync(path);
    if (size <= LARGEST_TAPE) return readFileSync(path);
    throw tapeWrong(
      `${path} has ${formatBytes(size)}, and a tape may have ${formatBytes(LARGEST_TAPE)}. Record less at a time, or with a smaller --cap for bodies.`,
    );
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'tape-wrong') throw error;
    if (code === 'ENOENT')
      throw tapeWrong(`There is no tape ${path}. Record one, by marteau record or with PROXY=1.`);
    throw tapeWrong(`${path} cannot be read: ${message}.`);
  }
}

/** Reads what lies beside the tape, and nothing else. */
function besides(path: string): (name: string) => Buffer | null {
  const folder = resolve(dirname(path)) + sep;
  return (name) => {
    const wanted = resolve(folder, name);
    if (!wanted.startsWith(folder)) return null;
    try {
      return readFileSync(wanted);
    } catch {
      return null;
    }
  };
}
