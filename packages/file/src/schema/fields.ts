import { type Static, type TSchema, Type } from 'typebox';
import { type WordName, words } from '../grammar/index.ts';

/** What editors and docs show about a field. */
export interface FieldDoc {
  description: string;
  examples?: unknown[];
  default?: unknown;
}

/** Text with a grammar of its own. */
export function written(word: WordName, doc?: FieldDoc) {
  return Type.String({ word, minLength: 1, maxLength: 4096, ...pattern(word), ...doc });
}

/** A word that may also be a plain number: `120`, `2m`. */
export function writtenOrNumber(word: WordName, doc?: FieldDoc) {
  return Type.Union([Type.String({ maxLength: 4096, ...pattern(word) }), Type.Number({ minimum: 0 })], {
    word,
    ...doc,
  });
}

/** One of something, or a list of it. */
export function oneOrMany<T extends TSchema>(item: T, doc: FieldDoc) {
  return Type.Union([item, Type.Array(item, { minItems: 1, maxItems: 100 })], { ...doc });
}

/** A list of something. */
export function list<T extends TSchema>(item: T, doc: FieldDoc) {
  return Type.Array(item, { maxItems: 500, ...doc });
}

/** A map with fixed fields. */
export function map<T extends Record<string, TSchema>>(fields: T, doc?: FieldDoc) {
  return Type.Object(fields, { additionalProperties: false, ...doc });
}

/** A map from names of the author's choice; `key` is the kind of word that a name is. */
export function mapOf<T extends TSchema>(key: WordName, value: T, doc: FieldDoc) {
  return Type.Record(Type.String(), value, { key, maxProperties: 200, ...doc });
}

export const yesOrNo = (doc: FieldDoc) => Type.Boolean({ ...doc });

export const wholeNumber = (minimum: number, maximum: number, doc: FieldDoc) =>
  Type.Integer({ minimum, maximum, ...doc });

export const oneOf = <const V extends string[]>(values: readonly [...V], doc: FieldDoc) =>
  Type.Enum(values, { ...doc });

export const optional = Type.Optional;
export type { Static };

function pattern(word: WordName): { pattern?: string } {
  const known = words[word].pattern;
  return known === undefined ? {} : { pattern: known.source };
}
