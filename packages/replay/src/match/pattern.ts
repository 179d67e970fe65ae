/** What stands for anything in a recorded request. */
export const WILDCARD = 'XXX';

/** A recorded text in which XXX matches anything, and all else is literal. */
export class Pattern {
  readonly text: string;
  /** How many characters are literal: the more, the more specific. */
  readonly literal: number;
  readonly #pieces: readonly string[];

  constructor(text: string) {
    this.text = text;
    this.#pieces = text.split(WILDCARD);
    this.literal = this.#pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  get isLiteral(): boolean {
    return this.#pieces.length === 1;
  }

  matches(text: string): boolean {
    const pieces = this.#pieces;
    const first = pieces[0]!;
    if (pieces.length === 1) return text === first;
    const last = pieces.at(-1)!;
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    let at = first.length;
    const end = text.length - last.length;
    for (let i = 1; i < pieces.length - 1; i++) {
      const found = text.indexOf(pieces[i]!, at);
      if (found === -1 || found + pieces[i]!.length > end) return false;
      at = found + pieces[i]!.length;
    }
    return at <= end;
  }
}
