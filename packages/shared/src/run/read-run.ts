import Value from 'typebox/value';
import { MarteauError } from '../errors/marteau-error.ts';
import { Run } from './run.ts';

const known = 1;

/**
 * Reads the text of a run.json.
 * @returns null for what is not the record of a run
 * @throws MarteauError 'newer-data' for a record of a later version
 */
export function readRunRecord(text: string): Run | null {
  const record = parse(text);
  if (typeof record !== 'object' || record === null || !('v' in record)) return null;
  const id = 'id' in record ? String(record.id).slice(0, 40) : '?';
  if (typeof record.v === 'number' && record.v > known)
    throw new MarteauError('newer-data', { what: `The record of run ${id}`, version: String(record.v) });
  return Value.Check(Run, record) ? record : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
