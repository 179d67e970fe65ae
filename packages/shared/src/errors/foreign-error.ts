import { catalogue, type ErrorCode } from './catalogue.ts';
import type { ErrorEntry } from './entry.ts';
import { loadErrors } from './load-errors.ts';
import { MarteauError } from './marteau-error.ts';

/** Characters of a parameter. */
const LONGEST = 4000;
/** What an engine may say of itself and of the script. */
const codes = new Set<string>([...Object.keys(loadErrors), 'node-disk-full']);

/**
 * The error that a foreign process says it ended with. Never throws, whatever it says: a code that no engine has, and
 * parameters of which its sentence cannot be made, are `engine-unusable`.
 */
export function foreignError(code: string, params: Readonly<Record<string, unknown>>): MarteauError {
  const unusable = (detail: string) => new MarteauError('engine-unusable', { detail });
  if (!codes.has(code))
    return unusable(`it ended with “${code.slice(0, 100)}”, which is no error of an engine`);
  try {
    const known = catalogue[code as ErrorCode] as unknown as ErrorEntry<object>;
    const read: Record<string, string | number> = {};
    known.sentence(new Proxy({}, { get: (_, name) => (read[String(name)] = plain(params[String(name)])) }));
    return new MarteauError(code as ErrorCode, read as never);
  } catch {
    return unusable(`it ended with “${code}” and did not say of what`);
  }
}

function plain(value: unknown): string | number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') throw new TypeError('is neither a text nor a number');
  return value.slice(0, LONGEST);
}
