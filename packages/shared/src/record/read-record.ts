import type { Static, TSchema } from 'typebox';
import Value from 'typebox/value';
import { MarteauError } from '../errors/marteau-error.ts';

/** A kind of record that is kept as JSON, with its version in `v`. */
export interface RecordFormat<S extends TSchema> {
  readonly schema: S;
  /** The newest version, and the one that is written. */
  readonly version: number;
  /** By older version: makes the next one of it. */
  readonly upgrades: Readonly<Record<number, (record: object) => object>>;
}

/**
 * Reads a record of this version or an older one.
 * @param what names it for a person: 'run.json of run r1jd3v8k2m0pqrstuvw'
 * @throws MarteauError newer-data, record-damaged
 */
export function readRecord<S extends TSchema>(
  text: string,
  format: RecordFormat<S>,
  what: string,
): Static<S> {
  const record = upgrade(parse(text, what), format, what);
  if (Value.Check(format.schema, record)) return record;
  const [first] = Value.Errors(format.schema, record);
  const detail = first?.message ?? 'does not fit';
  throw new MarteauError('record-damaged', {
    what,
    detail: `${(first?.instancePath ?? '').slice(0, 200) || 'it'} ${detail}`,
  });
}

/** @throws MarteauError newer-data */
function upgrade<S extends TSchema>(
  record: unknown,
  { version, upgrades }: RecordFormat<S>,
  what: string,
): unknown {
  if (typeof record !== 'object' || record === null || !('v' in record) || typeof record.v !== 'number')
    return record;
  if (record.v > version) throw new MarteauError('newer-data', { what, version: String(record.v) });
  let current: object = record;
  for (let v = record.v; v < version; v++) current = upgrades[v]?.(current) ?? current;
  return current;
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MarteauError('record-damaged', { what, detail: (error as Error).message.slice(0, 200) });
  }
}
