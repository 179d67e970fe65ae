import { METHODS } from 'node:http';

const known = new Set(METHODS);

/** The method that goes over the wire: those of HTTP are written in capitals, whatever a person or an exporter wrote. */
export function asMethod(written: string): string {
  if (known.has(written)) return written;
  const upper = written.toUpperCase();
  return known.has(upper) ? upper : written;
}

/** A token (RFC 9110, 5.6.2); one that begins with # would be a remark on a tape. */
export function isMethod(written: string): boolean {
  return /^(?!#)[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(written);
}
