import type { Phase } from '@marteau/shared';

const EVERY_MS = 250;

/** Says what a run does inside its state, but not more often than a person can read. The last word is always said. */
export class PhaseReporter {
  readonly #set: (phase: Phase) => Promise<unknown>;
  #next: Phase | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last = '';

  constructor(set: (phase: Phase) => Promise<unknown>) {
    this.#set = set;
  }

  /** What was said last: 'installing packages'. */
  get current(): string {
    return this.#next?.name ?? this.#last;
  }

  /** @param progress 0 … 1, or null where the length is not known @param leftMs of it, where that is known */
  say(name: string, progress: number | null = null, detail = '', leftMs: number | null = null): void {
    this.#next = { name, progress, detail, ...(leftMs !== null && { leftMs }) };
    if (name !== this.#last) this.#send(); // a new phase is news
    this.#timer ??= setTimeout(() => this.#send(), EVERY_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const phase = this.#next;
    this.#next = undefined;
    if (!phase) return;
    this.#last = phase.name;
    this.#set(phase).catch(() => {}); // the next one comes soon
  }
}
