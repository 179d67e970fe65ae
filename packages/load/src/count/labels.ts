import type { LabelKind } from '@marteau/measure';

/** What measurements are grouped under; `id` counts from 0 within its thread. */
export interface Label {
  readonly id: number;
  readonly kind: LabelKind;
  readonly name: string;
}

/** Most labels of one kind; what comes later is grouped under one. */
const MOST = 500;
const OTHER = '(others: more than 500 labels)';

/** The labels of one thread. */
export class Labels {
  readonly all: Label[] = [];
  readonly #known = new Map<string, Label>();
  readonly #counts: Record<LabelKind, number> = { request: 0, test: 0, step: 0 };

  /** The label of that kind and name, made when it is new. */
  of(kind: LabelKind, name: string): Label {
    const key = `${kind} ${name}`;
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#counts[kind] >= MOST && name !== OTHER) return this.of(kind, OTHER);
    const label = { id: this.all.length, kind, name };
    this.#counts[kind] += 1;
    this.all.push(label);
    this.#known.set(key, label);
    return label;
  }
}
