import type { Readable } from 'node:stream';

/** Longer lines are no message of ours. */
const LONGEST = 4 * 1024 * 1024;

/** Calls back with each line; what is too long or has no end is dropped. Resolves when the stream is over. */
export function readLines(stream: Readable, line: (text: string) => void): Promise<void> {
  let begun = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (begun + text).split('\n');
    begun = lines.pop()!;
    if (begun.length > LONGEST) begun = '';
    for (const each of lines) line(each);
  });
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('error', () => resolve());
  });
}
