const KEPT_AT_EACH_END = 1024 * 1024;
const BLOCK = 64 * 1024;

/** Keeps the first and the last part of a long text, so that memory stays flat however much is added. */
export class KeptText {
  readonly #limit: number;
  #head = '';
  #tail: string[] = [];
  #tailLength = 0;
  #cut = 0;

  /** @param limit characters kept at each end */
  constructor(limit = KEPT_AT_EACH_END) {
    this.#limit = limit;
  }

  /** @param text whole lines, each with its end */
  add(text: string): void {
    if (this.#tail.length === 0 && this.#head.length + text.length <= this.#limit) {
      this.#head += text;
      return;
    }
    const last = this.#tail.at(-1);
    if (last !== undefined && last.length + text.length <= BLOCK) this.#tail[this.#tail.length - 1] += text;
    else this.#tail.push(text);
    this.#tailLength += text.length;
    while (this.#tailLength - this.#tail[0]!.length >= this.#limit) {
      const oldest = this.#tail.shift()!;
      this.#tailLength -= oldest.length;
      this.#cut += oldest.length;
    }
  }

  /** What was kept, with a line in between that says how much is missing. */
  toString(): string {
    const gap =
      this.#cut === 0
        ? ''
        : `[… ${this.#cut} characters were cut here: Marteau keeps the first and the last megabyte …]\n`;
    return this.#head + gap + this.#tail.join('');
  }
}
