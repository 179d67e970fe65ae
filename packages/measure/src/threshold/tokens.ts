/** A word, an operator or a quoted text of a threshold, and where it stands. */
export interface Token {
  kind: 'word' | 'operator' | 'text';
  /** Quoted text without its quotes and escapes. */
  value: string;
  /** Characters from the start of the threshold. */
  offset: number;
  /** False for a quoted text whose end quote is missing. */
  closed: boolean;
}

const PATTERN = /\s*(?:([<>=!≤≥]+)|"((?:[^"\\]|\\.)*)("?)|'((?:[^'\\]|\\.)*)('?)|([^\s<>=!≤≥"']+))/suy;

/** Cuts a threshold into its tokens. Every input has some: what makes no sense is told by the parser. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  for (let found = PATTERN.exec(source); found; found = PATTERN.exec(source)) {
    const [all, operator, double, doubleEnd, single, singleEnd, word] = found;
    const offset = found.index + (all.length - all.trimStart().length);
    if (operator !== undefined) tokens.push({ kind: 'operator', value: operator, offset, closed: true });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word, offset, closed: true });
    else {
      const value = (double ?? single ?? '').replace(/\\(.)/gsu, '$1');
      tokens.push({ kind: 'text', value, offset, closed: (doubleEnd ?? singleEnd) !== '' });
    }
  }
  return tokens;
}
