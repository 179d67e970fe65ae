/** So many numbers are named; of the others there are so and so many. */
const MOST_NAMED = 10;

/** Collects what is to be said of the entries of a file: the same of many is one sentence. */
export class EntryNotes {
  readonly #file: string;
  readonly #groups = new Map<string, { sentence: string; numbers: number[]; isLeftOut: boolean }>();

  /** @param file its name */
  constructor(file: string) {
    this.#file = file;
  }

  add(number: number, sentence: string, isLeftOut = false): void {
    const key = `${isLeftOut} ${withoutSizes(sentence)}`;
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { sentence, numbers: [number], isLeftOut });
    else if (group.numbers.at(-1) !== number) group.numbers.push(number);
  }

  /** `a.har: entry 2 was left out: it is a WebSocket.` */
  sentences(): string[] {
    return [...this.#groups.values()].map(({ sentence, numbers, isLeftOut }) => {
      const one = numbers.length === 1;
      const left = isLeftOut ? ` ${one ? 'was' : 'were'} left out` : '';
      return `${this.#file}: ${named(numbers)}${left}: ${one ? sentence : withoutSizes(sentence)}.`;
    });
  }
}

function withoutSizes(sentence: string): string {
  return sentence.replace(/ \([^()]*\d bytes[^()]*\)/g, '');
}

function named(numbers: readonly number[]): string {
  if (numbers.length === 1) return `entry ${numbers[0]}`;
  const rest = numbers.length - MOST_NAMED;
  if (rest > 0) return `entries ${numbers.slice(0, MOST_NAMED).join(', ')} and ${rest} more`;
  return `entries ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}
