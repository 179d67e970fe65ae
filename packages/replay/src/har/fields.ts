/** What JSON says of an object, of which nothing is sure. */
export type Fields = Record<string, unknown>;

export function fields(written: unknown): Fields {
  return typeof written === 'object' && written !== null ? (written as Fields) : {};
}

/** A petabyte: no body has as much. */
const MOST = 1e15;

/** Bytes; null for what is no number of them, as -1. */
export function size(written: unknown): number | null {
  return typeof written === 'number' && Number.isInteger(written) && written >= 0 && written < MOST
    ? written
    : null;
}

/** Names and values of a list, or of an object, as some exporters write them; null where there are none. */
export function namedValues(written: unknown): { name: string; value: string; more: Fields }[] | null {
  const list = Array.isArray(written)
    ? written.map(fields)
    : Object.entries(fields(written)).flatMap(([name, value]) =>
        [value].flat().map((each) => ({ name, value: each })),
      );
  if (list.length === 0) return null;
  return list.map((more: Fields) => ({
    name: String(more.name ?? ''),
    value: String(more.value ?? ''),
    more,
  }));
}
