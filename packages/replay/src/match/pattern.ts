/** What stands for anything in a recorded request. */
export const WILDCARD = 'XXX';

/** A recorded text in which XXX matches anything, and all else is literal. */
export class Pattern {
  readonly text: string;
  /** How many characters are literal: the more, the more specific. */
  readonly literal: number;
  readonly #parts: readonly string[];

  /** @param isOpen anything may follow, and XXX in it is literal */
  constructor(text: string, isOpen = false) {
    this.text = isOpen ? text + WILDCARD : text;
    this.#parts = isOpen ? [text, ''] : text.split(WILDCARD);
    this.literal = this.#parts.reduce((sum, part) => sum + part.length, 0);
  }

  get isLiteral(): boolean {
    return this.#parts.length === 1;
  }

  matches(text: string): boolean {
    const parts = this.#parts;
    const first = parts[0]!;
    if (parts.length === 1) return text === first;
    const last = parts.at(-1)!;
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    let at = first.length;
    const end = text.length - last.length;
    for (let i = 1; i < parts.length - 1; i++) {
      const found = text.indexOf(parts[i]!, at);
      if (found === -1 || found + parts[i]!.length > end) return false;
      at = found + parts[i]!.length;
    }
    return at <= end;
  }
}
