// Lines of a text that end in LF or CRLF, whichever each of them ends in: editors of two systems leave both in one file.

/** The line at a place, without its end. */
export function lineAt(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  if (end === -1) return text.slice(at);
  return text.slice(at, end > at && text[end - 1] === '\r' ? end - 1 : end);
}

/** Where the next line begins; the text's length after the last. */
export function afterLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}

/** The place after all empty lines that begin here. */
export function skipBlank(text: string, at: number): number {
  let next = at;
  for (;;) {
    const code = text.charCodeAt(next);
    if (code === 10) next += 1;
    else if (code === 13 && text.charCodeAt(next + 1) === 10) next += 2;
    else return next;
  }
}

/** The end of the next line that an empty one follows; -1 where there is none. */
export function lineBeforeBlank(text: string, from: number): number {
  for (let at = text.indexOf('\n', from); at !== -1; at = text.indexOf('\n', at + 1)) {
    const next = text.charCodeAt(at + 1);
    if (next === 10 || (next === 13 && text.charCodeAt(at + 2) === 10)) return at;
  }
  return -1;
}

/** The end of the text without its last empty lines. */
export function trimNewlines(text: string, start: number): number {
  let end = text.length;
  while (end > start && text.charCodeAt(end - 1) === 10) {
    end -= end - 1 > start && text.charCodeAt(end - 2) === 13 ? 2 : 1;
  }
  return end;
}

/** The place after so many characters, where a CRLF counts as one. */
export function afterCollapsed(text: string, start: number, count: number): number {
  let at = start;
  for (let i = 0; i < count; i++) at += text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10 ? 2 : 1;
  return at;
}

/** The place after the end of the line that ends here. */
export function skipLine(text: string, at: number): number {
  return at + (text.startsWith('\r\n', at) ? 2 : 1);
}
