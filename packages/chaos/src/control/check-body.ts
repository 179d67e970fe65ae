import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import { wrong } from '../wrong.ts';

/**
 * The body, if it is what the schema says.
 * @throws chaos-wrong, naming the field
 */
export function checkBody(schema: TSchema | undefined, body: unknown): unknown {
  if (schema === undefined) return body;
  if (body === undefined) throw wrong('The body is missing. Send JSON.');
  const errors = Errors(schema, body);
  // A field too many is told twice; the second time says which.
  const first = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0];
  if (first === undefined) return body;
  const params = first.params as { additionalProperties?: string[] };
  const field = first.instancePath.slice(1).replaceAll('/', '.');
  if (params.additionalProperties) {
    const known = Object.keys((schema as { properties?: object }).properties ?? {}).join(', ');
    throw wrong(
      `There is no field '${params.additionalProperties.join("', '")}'${known && !field ? `; there are ${known}` : ''}.`,
    );
  }
  throw wrong(`${field === '' ? 'The body' : `Field ${field}`} is wrong: it ${first.message}.`);
}
