import { type Static, type TSchema, Type } from 'typebox';
import { type GrammarName, grammars } from '../grammar/index.ts';

/** What editors and docs show about a field. */
export interface FieldDoc {
  description: string;
  examples?: unknown[];
  default?: unknown;
}

/** Text with a grammar of its own. */
export function written(grammar: GrammarName, doc?: FieldDoc) {
  return Type.String({ grammar, minLength: 1, maxLength: 4096, ...pattern(grammar), ...doc });
}

/** A text that may also be a plain number: `120`, `2m`. */
export function writtenOrNumber(grammar: GrammarName, doc?: FieldDoc) {
  return Type.Union([Type.String({ maxLength: 4096, ...pattern(grammar) }), Type.Number({ minimum: 0 })], {
    grammar,
    ...doc,
  });
}

/** One of something, or a list of it. */
export function oneOrMany<T extends TSchema>(item: T, doc: FieldDoc, maxItems = 100) {
  return Type.Union([item, Type.Array(item, { minItems: 1, maxItems })], { ...doc });
}

/** A list of something. */
export function list<T extends TSchema>(item: T, doc: FieldDoc & { minItems?: number; maxItems?: number }) {
  return Type.Array(item, { maxItems: 500, ...doc });
}

/** A map with fixed fields. */
export function map<T extends Record<string, TSchema>>(fields: T, doc?: FieldDoc) {
  return Type.Object(fields, { additionalProperties: false, ...doc });
}

/** A map from names of the author's choice; `key` is the grammar of a name. */
export function mapOf<T extends TSchema>(key: GrammarName, value: T, doc: FieldDoc) {
  return Type.Record(Type.String(), value, { key, maxProperties: 200, ...doc });
}

export const yesOrNo = (doc: FieldDoc) => Type.Boolean({ ...doc });

export const wholeNumber = (minimum: number, maximum: number, doc: FieldDoc) =>
  Type.Integer({ minimum, maximum, ...doc });

export const oneOf = <const V extends string[]>(values: readonly [...V], doc: FieldDoc) =>
  Type.Enum(values, { ...doc });

export const optional = Type.Optional;
export type { Static };

function pattern(grammar: GrammarName): { pattern?: string } {
  const known = grammars[grammar].pattern;
  return known === undefined ? {} : { pattern: known.source };
}
