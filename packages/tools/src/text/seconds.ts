import type { Hear } from '../reader.ts';

/** So many seconds later than another one's, and a sample still belongs to a second that is open. */
const SLACK_S = 2;

interface Counted {
  started: number;
  dropped: number;
  users: number;
}

/** Adds up by second what a tool tells of its load, and says which seconds are through. */
export class Seconds {
  readonly #hear: Hear;
  readonly #isOpen: boolean;
  readonly #counted = new Map<number, Counted>();
  #latest = 0;

  /** @param isOpen whether the tool starts iterations at a rate, so that what it drops was planned */
  constructor(hear: Hear, { isOpen = false }: { isOpen?: boolean } = {}) {
    this.#hear = hear;
    this.#isOpen = isOpen;
  }

  /** Something was told of a moment. @param at ms */
  saw(at: number): void {
    const second = Math.floor(at / 1000);
    if (second <= this.#latest) return;
    this.#latest = second;
    this.#close(second - SLACK_S);
  }

  started(at: number, count = 1): void {
    this.#of(at).started += count;
  }

  dropped(at: number, count: number): void {
    this.#of(at).dropped += count;
  }

  users(at: number, users: number): void {
    this.#of(at).users = users;
  }

  end(): void {
    this.#close(Number.POSITIVE_INFINITY);
  }

  #of(at: number): Counted {
    const second = Math.max(0, Math.floor(at / 1000));
    const known = this.#counted.get(second);
    if (known) return known;
    const before = this.#counted.get(second - 1);
    const made = { started: 0, dropped: 0, users: before?.users ?? 0 };
    this.#counted.set(second, made);
    return made;
  }

  #close(before: number): void {
    for (const [second, { started, dropped, users }] of this.#counted) {
      if (second >= before) continue;
      const offered = this.#isOpen ? started + dropped : 0;
      this.#hear({ type: 'load', second, users, started, dropped, offered });
      this.#counted.delete(second);
    }
    if (Number.isFinite(before)) this.#hear({ type: 'through', second: Math.max(0, before) });
  }
}
