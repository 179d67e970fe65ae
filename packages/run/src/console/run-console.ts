import type { Readable } from 'node:stream';
import type { Masker } from '@marteau/shared';
import { type ConsoleEvent, consoleText, shownText } from '@marteau/shared';
import { KeptText } from './kept-text.ts';
import { type LineInput, lineInput, readLines } from './line-input.ts';
import type { ConsoleSource, Output } from './output.ts';

const FLUSH_MS = 100;
const WAITING_LIMIT = 1024 * 1024;
const LIVE_AT_ONCE = 1024 * 1024;
const LIVE_PER_SECOND = 64 * 1024;

interface RunConsoleOptions {
  /** Appends events to the run's stream. May take long, while Redis is away; is never called twice at a time. */
  send: (events: ConsoleEvent[]) => Promise<void>;
  masker: Masker;
  /** The share that prints, 0 where there is one. */
  share: number;
  /** ms since 1970 */
  now: () => number;
}

/**
 * The console of one stage of one run.
 *
 *     bytes ─▶ text ─▶ secrets masked ─▶ whole lines, cut ─┬─▶ live: batches, within a budget
 *                                                          └─▶ kept: the first and the last megabyte
 */
export class RunConsole implements Output {
  readonly #options: RunConsoleOptions;
  readonly #kept = new KeptText();
  readonly #budget: LiveBudget;
  #waiting: ConsoleEvent[] = [];
  #waitingLength = 0;
  #skipped = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(options: RunConsoleOptions) {
    this.#options = options;
    this.#budget = new LiveBudget(options.now());
  }

  /** A sentence of Marteau's own, which may repeat what strangers wrote. */
  say(sentence: string): void {
    this.#add('marteau', shownText(this.#options.masker.mask(sentence)).split('\n'));
  }

  /** Where a program's output goes, chunk by chunk. */
  input(from: ConsoleSource): LineInput {
    return lineInput(this.#options.masker, (lines) => this.#add(from, lines));
  }

  async read(from: ConsoleSource, ...streams: Readable[]): Promise<void> {
    await readLines(streams, () => this.input(from));
  }

  /** Sends what waits. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#sending || this.#waiting.length > 0) await (this.#sending ?? this.#send());
  }

  /** What was kept, for the run's folder. */
  get text(): string {
    return this.#kept.toString();
  }

  #add(from: ConsoleSource, lines: string[]): void {
    if (lines.length === 0) return;
    const at = this.#options.now();
    const text = lines.join('\n');
    this.#kept.add(consoleText({ at, from, text }));
    this.#show(from, at, text);
  }

  #show(from: ConsoleSource, at: number, text: string): void {
    if (this.#waitingLength + text.length > WAITING_LIMIT || !this.#budget.spend(text.length, at)) {
      this.#skipped += text.length;
      return;
    }
    if (this.#skipped > 0) {
      const skipped = `[… ${this.#skipped} characters are not shown here: too much at once …]`;
      this.#skipped = 0;
      this.#wait({ type: 'console', at, from: 'marteau', share: this.#options.share, text: skipped });
    }
    this.#wait({ type: 'console', at, from, share: this.#options.share, text });
  }

  #wait(event: ConsoleEvent): void {
    const last = this.#waiting.at(-1);
    if (last?.from === event.from && last.text.length + event.text.length < 32 * 1024)
      last.text += `\n${event.text}`;
    else this.#waiting.push(event);
    this.#waitingLength += event.text.length;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (!this.#sending) this.#send();
    }, FLUSH_MS);
  }

  #send(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#sending = this.#options
      .send(batch)
      .catch(() => {}) // the live view misses a batch; the kept text has it
      .finally(() => {
        this.#sending = undefined;
        if (this.#waiting.length > 0 && !this.#timer) this.#send();
      });
    return this.#sending;
  }
}

/**
 * How much of a run's console goes to the live pages: the first megabyte whole, then a stream that a person could
 * not read any faster, so that neither Redis nor a browser feels a script that prints 200 MB.
 */
class LiveBudget {
  #left = LIVE_AT_ONCE;
  #at: number;

  /** @param now ms */
  constructor(now: number) {
    this.#at = now;
  }

  /** Takes `characters` out of the budget, or answers false and takes nothing. */
  spend(characters: number, now: number): boolean {
    this.#left = Math.min(LIVE_AT_ONCE, this.#left + ((now - this.#at) * LIVE_PER_SECOND) / 1000);
    this.#at = now;
    if (characters > this.#left) return false;
    this.#left -= characters;
    return true;
  }
}
