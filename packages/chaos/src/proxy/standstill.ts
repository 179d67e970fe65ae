import { parseDuration } from '@marteau/shared';
import { wrong } from '../wrong.ts';

const UNSAID_MS = 1000;
/** The longest that a timer of Node waits. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Reads how long one side may stand still, in ms; plain numbers are milliseconds.
 * @throws chaos-wrong
 */
export function readStandstill(written: number | string = UNSAID_MS): number {
  const ms = /^\d+$/.test(String(written)) ? Number(written) : parseDuration(written);
  if (ms !== null && ms >= 1 && ms <= LONGEST_MS) return ms;
  throw wrong(`standstill is ${JSON.stringify(written)}; it takes a duration such as 500ms or 1s.`);
}

/** Tells when one side has said nothing for a time while something waits for it. */
export class Standstill {
  readonly #ms: number;
  readonly #link: { readonly isIdle: boolean };
  readonly #over: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param link what the side says goes there; while that is behind, the side is not read and so stands for nothing */
  constructor(ms: number, link: { readonly isIdle: boolean }, over: () => void) {
    this.#ms = ms;
    this.#link = link;
    this.#over = over;
  }

  /** Begins anew, since the side has just said something; or ends, where nothing waits any more. */
  watch(isWaiting: boolean): void {
    if (isWaiting && this.#timer) this.#timer.refresh();
    else if (isWaiting) this.#timer = setTimeout(() => this.#stood(), this.#ms);
    else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  #stood(): void {
    if (this.#link.isIdle) {
      this.#timer = undefined;
      this.#over();
    } else this.#timer?.refresh();
  }
}
