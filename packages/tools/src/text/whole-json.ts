import type { Hear, Reader } from '../reader.ts';

/** A summary that is larger is none. */
const MOST_BYTES = 64 << 20;

/** Reads all, and then takes the one JSON value in it: the last line that is one, else the whole. */
export function wholeJson(take: (value: object) => void, hear: Hear): Reader {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    write(chunk) {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
    },
    end() {
      const text = Buffer.concat(chunks).toString('utf8').trim();
      const found = [text, text.slice(text.indexOf('{')), ...text.split('\n').reverse()]
        .map(parse)
        .find((value) => value !== null);
      if (found) take(found);
      else if (bytes > 0)
        hear({
          type: 'note',
          text: 'The results are no whole JSON: the command ended before it had written them. Nothing was read.',
        });
    },
  };
}

function parse(text: string): object | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as object;
  } catch {
    return null;
  }
}
