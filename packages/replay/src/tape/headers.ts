/** Headers in their order, as they are written, repeated ones repeated. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** The first value of a header; null where there is none. */
export function header(headers: HeaderList, name: string): string | null {
  const wanted = name.toLowerCase();
  for (const [written, value] of headers) {
    if (written.length === wanted.length && written.toLowerCase() === wanted) return value;
  }
  return null;
}

/** Pairs of Node's flat list of names and values. */
export function pairs(raw: readonly string[]): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) list.push([raw[i]!, raw[i + 1]!]);
  return list;
}

/** What belongs to one connection and not to the message (RFC 9110, 7.6.1), and what only proxies read. */
const ofTheConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Whether a header, in lower case, ends at the next server. */
export function endsHere(name: string): boolean {
  return ofTheConnection.has(name);
}
