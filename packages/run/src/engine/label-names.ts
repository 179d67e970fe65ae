import type { LabelKind } from '@marteau/measure';

/** Most names of one kind, and characters of one; what comes later is counted under one name. */
const MOST = 500;
const LONGEST = 200;
const OTHERS = '(others: more than 500 labels)';

/** Names that tools give to what they measure, held to so many that a report can show them. */
export class LabelNames {
  readonly #known = new Map<string, string>();
  readonly #counts: Record<LabelKind, number> = { request: 0, test: 0, step: 0 };

  nameOf(kind: LabelKind, told: string): string {
    const key = `${kind} ${told}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#counts[kind] >= MOST) return OTHERS;
    const name = told.replace(CONTROLS, ' ').trim().slice(0, LONGEST) || '(no name)';
    this.#counts[kind] += 1;
    this.#known.set(key, name);
    return name;
  }
}

const CONTROLS = /\p{Cc}+/gu;
