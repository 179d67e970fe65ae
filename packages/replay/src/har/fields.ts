/** What JSON says of an object, of which nothing is sure. */
export type Fields = Record<string, unknown>;

export function fields(written: unknown): Fields {
  return typeof written === 'object' && written !== null ? (written as Fields) : {};
}

/** Bytes; null for what is no number of them, as -1. */
export function size(written: unknown): number | null {
  return typeof written === 'number' && Number.isInteger(written) && written >= 0 ? written : null;
}

/** Names and values of a list; null where it is none or is empty. */
export function namedValues(written: unknown): { name: string; value: string; more: Fields }[] | null {
  if (!Array.isArray(written) || written.length === 0) return null;
  return written.map(fields).map((more) => ({
    name: String(more.name ?? ''),
    value: String(more.value ?? ''),
    more,
  }));
}
