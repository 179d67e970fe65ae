/** A path of this site to go on to, or null for whatever might lead elsewhere ('//host', '/\host', 'https:…'). */
export function sameSitePath(path: unknown): string | null {
  if (typeof path !== 'string' || !path.startsWith('/')) return null;
  const base = 'http://marteau.invalid';
  if (/[\\\u0000-\u0020]/.test(path) || !URL.canParse(path, base)) return null;
  const url = new URL(path, base);
  return url.origin === base ? url.pathname + url.search + url.hash : null;
}
