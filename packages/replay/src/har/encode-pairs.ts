/** Exporters say fields decoded, as the format means it, or as they were on the wire: what could not stand there decides. */
function areEncoded(pairs: readonly { name: string; value: string }[]): boolean {
  const text = pairs.map(({ name, value }) => name + value).join('');
  return /%[0-9a-f]{2}/i.test(text) && !/%(?![0-9a-f]{2})|[^!-~]|[&#"<>]/i.test(text);
}

/** `a=b&c=d`. */
export function queryOf(pairs: readonly { name: string; value: string }[]): string {
  const encode = areEncoded(pairs)
    ? (text: string) => text
    : (text: string) => encodeURIComponent(text.toWellFormed());
  return pairs.map(({ name, value }) => `${encode(name)}=${encode(value)}`).join('&');
}

/** The same as browsers send a form. */
export function formOf(pairs: readonly { name: string; value: string }[]): string {
  if (areEncoded(pairs)) return queryOf(pairs);
  return new URLSearchParams(pairs.map(({ name, value }): [string, string] => [name, value])).toString();
}
