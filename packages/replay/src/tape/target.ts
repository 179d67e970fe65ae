/** Path and query as they can stand in a request: bytes beyond ASCII are percent-encoded, as every client but curl does. */
export function asciiTarget(target: string): string {
  return /[\x80-\xff]/.test(target) ? target.replace(/[\x80-\xff]/g, percent) : target;
}

/** `http://bücher.example` with the name that the network knows it by; null for what is no server. */
export function asciiOrigin(origin: string): string | null {
  const read = URL.parse(origin);
  return read && /^[!-~]*$/.test(origin) ? origin.toLowerCase() : (read?.origin ?? null);
}

function percent(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase()}`;
}
