import type { MarteauError } from '@marteau/shared';
import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import { wrong } from './wrong.ts';

/** Why a value is not what the schema says: chaos-wrong, naming the field. */
export function misfit(schema: TSchema, value: unknown): MarteauError {
  if (value === undefined || value === null) return wrong('The body is missing. Send JSON.');
  const errors = Errors(schema, value);
  // A field too many is told twice; the second time says which.
  const first = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0]!;
  const params = first.params as { additionalProperties?: string[] };
  const field = first.instancePath.slice(1).replaceAll('/', '.');
  if (params.additionalProperties) {
    const known = Object.keys((schema as { properties?: object }).properties ?? {}).join(', ');
    return wrong(
      `There is no field '${params.additionalProperties.join("', '")}'${known && !field ? `; there are ${known}` : ''}.`,
    );
  }
  return wrong(`${field === '' ? 'The body' : `Field ${field}`} is wrong: it ${first.message}.`);
}
