import { PassThrough, type Readable } from 'node:stream';
import type { Reader } from '@marteau/tools';

const NEWLINE = 10;
const BRACE = 123;

/**
 * Gives a standard output to a reader of results, and its other lines, which begin otherwise than `{`, to people.
 * @returns what is for people, and when all was read
 */
export function mixedOutput(
  stdout: Readable,
  reader: Reader,
): { readonly rest: Readable; readonly read: Promise<void> } {
  const rest = new PassThrough();
  let isAtBegin = true;
  /** Whether the line that is open is a result. */
  let isResult = true;
  const read = (async () => {
    try {
      for await (const chunk of stdout as AsyncIterable<Buffer>) {
        reader.write(chunk);
        let at = 0;
        while (at < chunk.length) {
          if (isAtBegin) isResult = chunk[at] === BRACE;
          const found = chunk.indexOf(NEWLINE, at);
          const end = found < 0 ? chunk.length : found + 1;
          if (!isResult) rest.write(chunk.subarray(at, end));
          isAtBegin = found >= 0;
          at = end;
        }
      }
    } finally {
      rest.end();
      reader.end();
    }
  })();
  return { rest, read };
}

/** Gives all of a standard output to a reader of results. */
export async function wholeOutput(stdout: Readable, reader: Reader): Promise<void> {
  try {
    for await (const chunk of stdout as AsyncIterable<Buffer>) reader.write(chunk);
  } finally {
    reader.end();
  }
}
