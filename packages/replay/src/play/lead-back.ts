import type { Call } from '../standin/call.ts';

/**
 * A redirect to the server that is stood in for leads back to the stand-in, and not past it to the real one. Only who
 * calls the stand-in directly needs that: a proxy's clients come back by themselves.
 * @param headers flat: name, value, name, value
 * @param host of the server that is stood in for, with its port where that is not the usual one
 */
export function leadBack(
  { origin, request }: Pick<Call, 'origin' | 'request'>,
  host: string | null,
  headers: readonly string[],
): readonly string[] {
  if (origin !== null || host === null) return headers;
  const at = headers.findIndex((name, i) => i % 2 === 0 && /^location$/i.test(name));
  const target = at === -1 ? null : URL.parse(headers[at + 1]!);
  if (target === null || target.host !== host.toLowerCase()) return headers;
  const isSecure = 'encrypted' in request.socket;
  const here = `${isSecure ? 'https' : 'http'}://${request.headers.host ?? host}`;
  const back = headers[at + 1]!.replace(/^https?:\/\/[^/?#]*/i, here);
  return headers.with(at + 1, back);
}
