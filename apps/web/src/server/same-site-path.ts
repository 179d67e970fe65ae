/**
 * A path of this site to go on to, or null for whatever might lead elsewhere ('//host', '/\host', 'https:…'), also once
 * a browser has read it: '/..//host' is '//host' then.
 */
export function sameSitePath(path: unknown): string | null {
  if (typeof path !== 'string' || !path.startsWith('/')) return null;
  const base = 'http://marteau.invalid';
  if (/[\\\u0000-\u0020]/.test(path) || !URL.canParse(path, base)) return null;
  const url = new URL(path, base);
  const read = url.pathname + url.search + url.hash;
  return url.origin === base && !read.startsWith('//') ? read : null;
}
