import { StringDecoder } from 'node:string_decoder';
import type { Reader } from '../reader.ts';

/** A longer line is none of a tool's, and is left out. */
const LONGEST = 1 << 20;

/** Cuts what comes into lines, without their ends. What follows the last end was not finished, unless `keepsRest`. */
export function lines(
  take: (line: string) => void,
  { keepsRest = false, onEnd = () => {} }: { keepsRest?: boolean; onEnd?: () => void } = {},
): Reader {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isTooLong = false;
  const give = (line: string): void => {
    if (!isTooLong) take(line.endsWith('\r') ? line.slice(0, -1) : line);
    isTooLong = false;
  };
  return {
    write(chunk) {
      const text = rest + decoder.write(chunk);
      let from = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        give(text.slice(from, end));
        from = end + 1;
      }
      rest = text.slice(from);
      if (rest.length <= LONGEST) return;
      rest = '';
      isTooLong = true;
    },
    end() {
      const last = rest + decoder.end();
      if (keepsRest && last !== '') give(last);
      rest = '';
      onEnd();
    },
  };
}
