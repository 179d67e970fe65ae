import type { TSchema } from 'typebox';
import { type GrammarName, grammars } from '../grammar/index.ts';
import { flow } from './show.ts';

/** The parts of JSON Schema that the file's schema is made of, and our two keywords. */
export interface Schema extends TSchema {
  type?: string;
  /** The grammar of a word. */
  grammar?: GrammarName;
  /** The grammar of the names in a map. */
  key?: GrammarName;
  anyOf?: Schema[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  minLength?: number;
  maxLength?: number;
  description?: string;
  examples?: unknown[];
  default?: unknown;
}

const alternatives = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** Completes "… is 'x', not …". */
export function wanted(schema: Schema): string {
  if (schema.grammar) return grammars[schema.grammar].wanted;
  if (schema.anyOf) return alternatives.format(new Set(schema.anyOf.map(wanted)));
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.type === 'integer') return 'a whole number';
  if (schema.type === 'number') return 'a number';
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'array') return 'a list';
  return schema.type === 'object' ? 'a map' : 'text';
}

/** What to write instead, by an example where the schema has one. */
export function remedy(schema: Schema, fallback?: Schema): string {
  if (schema.grammar) return grammars[schema.grammar].fix;
  if (schema.enum) return `write one of ${schema.enum.join(', ')}`;
  if (schema.type === 'boolean') return 'write true or false, without quotes';
  const example = schema.examples?.[0] ?? fallback?.examples?.[0];
  return example === undefined ? `write ${wanted(schema)}` : `write it as in ${flow(example)}`;
}
