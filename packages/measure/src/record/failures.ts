import type { FailureGroup } from '../schema/measurements.ts';

/** What failed once, as a thread reports it. */
export interface FailureNote {
  readonly kind: FailureGroup['kind'];
  readonly test: string;
  readonly hook?: FailureGroup['hook'];
  readonly label: string;
  readonly message: string;
  readonly source: string | null;
  readonly sourceText: string | null;
}

const MOST_GROUPS = 200;
const MOST_SAMPLES = 20;
const LONGEST_MESSAGE = 2000;
const LONGEST_DETAIL = 4000;

function keyOf({ kind, test, label, message, source }: FailureNote): string {
  return JSON.stringify([kind, test, label, message, source]);
}

/**
 * A message with what differs from one time to the next left out: UUIDs, hashes, and numbers of four digits and more
 * (a status, a small count or an address's port says what went wrong, and stays).
 */
export function foldMessage(message: string): string {
  return message
    .slice(0, LONGEST_MESSAGE)
    .replace(/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, 'UUID')
    .replace(/\b(?=[\da-f]*\d)(?=[\da-f]*[a-f])[\da-f]{8,}\b/gi, 'HEX')
    .replace(/(?<!\d|\.\d{1,3}:|localhost:)\d{4,}(?:\.\d+)?/g, 'N');
}

/** A group in one line: 'buy: 503 Service Unavailable (shop.test.ts:12:3)'. */
export function failureInWords({ test, hook, label, message, source }: FailureNote): string {
  const where = source === null ? '' : ` (${source})`;
  return `${label || test || (hook === 'load' ? 'loading the script' : '')}: ${message.replace(/\s+/g, ' ')}${where}`;
}

/** Groups the failures of one thread between two reports. */
export class FailureCounter {
  #pending = new Map<string, FailureGroup>();
  /** How many samples each group has sent in all. */
  readonly #sampled = new Map<string, number>();

  /**
   * @param stage the one in whose recorded window it was; null outside of any
   * @param detail makes the sample's text; called only while samples are wanted
   */
  add(note: FailureNote, at: number, stage: number | null, user: number, detail: () => string): void {
    const key = keyOf(note);
    let group = this.#pending.get(key);
    if (!group) {
      group = { ...note, count: 0, first: at, last: at, byStep: {}, samples: [] };
      this.#pending.set(key, group);
    }
    group.count += 1;
    group.last = at;
    if (stage !== null) group.byStep[stage] = (group.byStep[stage] ?? 0) + 1;
    const sampled = this.#sampled.get(key) ?? 0;
    if (sampled >= MOST_SAMPLES || this.#sampled.size > 1000) return;
    this.#sampled.set(key, sampled + 1);
    group.samples.push({ at, user, detail: detail().slice(0, LONGEST_DETAIL) });
  }

  take(): FailureGroup[] {
    const taken = [...this.#pending.values()];
    this.#pending = new Map();
    return taken;
  }
}

/** The groups of a whole run. */
export class FailureGroups {
  readonly #groups = new Map<string, FailureGroup>();

  /** @returns the group when this is its first occurrence */
  add(count: FailureGroup): FailureGroup | null {
    const known = this.#groups.get(keyOf(count));
    if (known) {
      join(known, count);
      return null;
    }
    if (this.#groups.size >= MOST_GROUPS - 3) return this.#addToOthers(count);
    const group = { ...count, samples: [...count.samples], byStep: { ...count.byStep } };
    this.#groups.set(keyOf(count), group);
    return group;
  }

  /** The most frequent first. */
  all(): FailureGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }

  /** So many different failures are one more kind of failure: what they share is that they differ. */
  #addToOthers(count: FailureGroup): FailureGroup | null {
    const others = {
      ...count,
      test: '',
      label: '',
      message: '(other failures: more than 197 groups)',
      source: null,
      sourceText: null,
    };
    const known = this.#groups.get(keyOf(others));
    if (known) join(known, count);
    else this.#groups.set(keyOf(others), others);
    return known ? null : others;
  }
}

/** How often something failed while it was recorded, as all figures count; what never was recorded, in all. */
export function recordedCount({ count, byStep }: Pick<FailureGroup, 'count' | 'byStep'>): number {
  return Object.values(byStep).reduce((sum, each) => sum + each, 0) || count;
}

function join(group: FailureGroup, count: FailureGroup): void {
  group.count += count.count;
  group.first = Math.min(group.first, count.first);
  group.last = Math.max(group.last, count.last);
  for (const [step, n] of Object.entries(count.byStep)) group.byStep[step] = (group.byStep[step] ?? 0) + n;
  group.samples = [...group.samples, ...count.samples].sort((a, b) => a.at - b.at).slice(0, MOST_SAMPLES);
}
