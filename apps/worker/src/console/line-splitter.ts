/** Characters after which a line is cut. */
const LINE_LIMIT = 16 * 1024;

/** Makes whole lines of chunks of text, without keeping more of a line than is shown. */
export interface LineSplitter {
  /** The lines that this chunk ends. */
  push(chunk: string): string[];
  /** The last line, if it has no end. */
  end(): string[];
}

/** Splits at `\n` and `\r\n`. A line over `limit` characters is cut, and says how much is missing. */
export function lineSplitter(limit = LINE_LIMIT): LineSplitter {
  let begun = '';
  let missing = 0;

  const take = (part: string): void => {
    const room = limit - begun.length;
    begun += part.slice(0, room);
    missing += Math.max(0, part.length - room);
  };
  const finish = (): string => {
    const line = missing > 0 ? `${begun}… [${missing} characters of this line were cut]` : begun;
    begun = '';
    missing = 0;
    return printable(line.endsWith('\r') ? line.slice(0, -1) : line);
  };

  return {
    push(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let to = chunk.indexOf('\n'); to >= 0; to = chunk.indexOf('\n', from)) {
        take(chunk.slice(from, to));
        lines.push(finish());
        from = to + 1;
      }
      take(chunk.slice(from));
      return lines;
    },
    end: () => (begun === '' ? [] : [finish()]),
  };
}

/** Binary output becomes visible and harmless: only tabs and what ANSI colours need stay as they are. */
function printable(line: string): string {
  return line.replace(/[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g, '\u{fffd}');
}
