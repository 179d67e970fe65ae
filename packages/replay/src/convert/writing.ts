import type { HelperName } from './script-helpers.ts';
import type { Values } from './values.ts';

/** What the parts of a request are written with, and what they leave behind for the whole script. */
export class Writing {
  readonly values: Values;
  readonly helpers = new Set<HelperName>();
  /** Functions of node:zlib. */
  readonly compressors = new Set<string>();
  /** What could not be kept: the sentence, to the requests that it is about. */
  readonly #notes = new Map<string, Set<string>>();

  constructor(values: Values) {
    this.values = values;
  }

  note(sentence: string, request: string): void {
    const requests = this.#notes.get(sentence) ?? new Set();
    this.#notes.set(sentence, requests.add(request));
  }

  notes(): string[] {
    return [...this.#notes].map(([sentence, requests]) => {
      const named = [...requests].slice(0, MOST_NAMED).join(', ');
      const rest = requests.size - MOST_NAMED;
      return `${sentence}: ${named}${rest > 0 ? ` and ${rest} more` : ''}.`;
    });
  }
}

const MOST_NAMED = 5;
