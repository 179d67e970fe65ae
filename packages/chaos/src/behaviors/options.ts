import { parseBytes, parseDuration } from '@marteau/shared';
import { type Static, type TObject, type TSchema, Type } from 'typebox';
import { thereAre, wrong } from '../wrong.ts';

interface Doc<T> {
  description: string;
  default: T;
}

type Unit = 'ms' | 's' | 'KB/s';

const unitMs = { ms: 1, s: 1000 } as const;
const wanted = {
  ms: 'milliseconds, or a duration such as 250ms',
  s: 'seconds, or a duration such as 250ms',
  'KB/s': 'KB per second, or a rate such as 1MB/s',
  number: 'a number',
  boolean: 'true or false',
} as const;

const quantity = (unit: Unit, doc: Doc<number>) =>
  Type.Unsafe<number>({ anyOf: [{ type: 'number', minimum: 0 }, { type: 'string' }], unit, ...doc });

/** A duration: plain numbers are milliseconds. Behaviours get milliseconds. */
export const milliseconds = (doc: Doc<number>) => quantity('ms', doc);
/** A duration: plain numbers are seconds, as in Vaurien. Behaviours get milliseconds. */
export const seconds = (doc: Doc<number>) => quantity('s', doc);
/** A bandwidth: plain numbers are KB (1000 bytes) per second, as in Toxiproxy. Behaviours get bytes per second. */
export const bandwidth = (doc: Doc<number>) => quantity('KB/s', doc);
/** A number within bounds. */
export const number = (doc: Doc<number> & { minimum: number; maximum?: number }) => Type.Number({ ...doc });
/** Yes or no. */
export const flag = (doc: Doc<boolean>) => Type.Boolean({ ...doc });
/** Options as given by a person: numbers, words, true and false. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/**
 * The options that a behaviour works with: defaults filled in, words and units read.
 * @throws chaos-wrong, naming what would be right
 */
export function readOptions<T extends TObject>(owner: string, schema: T, given: GivenOptions): Static<T> {
  const names = Object.keys(schema.properties);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const known = names.length === 0 ? 'It has none.' : thereAre('Its options are', names, name);
    throw wrong(`Behaviour ${owner} has no option '${name}'. ${known}`);
  }
  const read = names.map((name) => {
    const field = schema.properties[name] as TSchema & { default: unknown };
    return [name, readOption(owner, name, field, given[name] ?? field.default)];
  });
  return Object.fromEntries(read) as Static<T>;
}

function readOption(owner: string, name: string, field: TSchema, value: unknown): unknown {
  const { unit, type, minimum, maximum } = field as {
    unit?: Unit;
    type?: 'number' | 'boolean' | 'string';
    minimum?: number;
    maximum?: number;
  };
  const refuse = (right: string) =>
    wrong(`Option ${name} of ${owner} is ${JSON.stringify(value)}; it takes ${right}.`);

  if (type === 'boolean') {
    if (typeof value === 'boolean') return value;
    if (typeof value === 'string' && /^(true|yes|on|1)$/i.test(value)) return true;
    if (typeof value === 'string' && /^(false|no|off|0)$/i.test(value)) return false;
    throw refuse(wanted.boolean);
  }
  if (type === 'string') {
    if (typeof value === 'string') return value;
    throw refuse('text');
  }
  const read = unit === undefined ? plain(value) : measured(value, unit);
  if (read === null || read < (minimum ?? 0)) {
    throw refuse(wanted[unit ?? 'number'] + (minimum ? ` of at least ${minimum}` : ''));
  }
  if (maximum !== undefined && read > maximum) throw refuse(`a number of at most ${maximum}`);
  return read;
}

function plain(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function measured(value: unknown, unit: Unit): number | null {
  const number = plain(value);
  if (number !== null) return number * (unit === 'KB/s' ? 1000 : unitMs[unit]);
  if (typeof value !== 'string') return null;
  return unit === 'KB/s' ? parseBytes(value.replace(/\/s$/, '')) : parseDuration(value);
}
