import type { Schema } from '../check/wanted.ts';
import { grammars } from '../grammar/index.ts';
import { MarteauFile, PartialFile } from './file.ts';

type Json = Record<string, unknown>;

/**
 * The JSON Schema (draft 7, which editors know best) of `.marteau.yml`, with descriptions and examples. What a schema
 * cannot say, such as fields that exclude each other, only `parseFile` finds.
 */
export function fileJsonSchema(): Json {
  const { properties, ...file } = convert(MarteauFile as Schema) as Json & { properties: Json };
  const shared = Object.keys(PartialFile.properties);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: '.marteau.yml',
    description: 'How Marteau runs the load test of a repository.',
    ...file,
    anyOf: [{ required: ['script'] }, { required: ['command'] }],
    properties: { ...properties, profiles: profiles(properties.profiles as Json, shared) },
  };
}

/** A profile has the fields of the file; they need not be written out twice. */
function profiles(schema: Json, fields: string[]): Json {
  const profile = schema.additionalProperties as Json;
  const references = fields.map((name) => [name, { $ref: `#/properties/${name}` }]);
  return { ...schema, additionalProperties: { ...profile, properties: Object.fromEntries(references) } };
}

/** Without our own keywords, maps in the way in which editors complete them. */
function convert(schema: Schema): Json {
  const { grammar: _, key, patternProperties, properties, items, anyOf, ...rest } = schema;
  const result: Json = { ...rest };
  if (anyOf) result.anyOf = anyOf.map(convert);
  if (items) result.items = convert(items);
  if (properties) result.properties = mapValues(properties, convert);
  const [entry] = Object.values(patternProperties ?? {});
  if (entry) result.additionalProperties = convert(entry);
  const names = key && grammars[key].pattern;
  if (names) result.propertyNames = { pattern: names.source };
  return result;
}

function mapValues<T, U>(map: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}
