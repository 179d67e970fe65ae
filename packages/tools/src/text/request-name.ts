import type { Fold } from '@marteau/measure';

const MOST_KNOWN = 5000;

/** Names requests by method and folded path, as ours are, and remembers what it was asked before. */
export function requestNames(fold: Fold): (method: string, url: string) => string {
  const known = new Map<string, string>();
  return (method, url) => {
    const key = `${method} ${url}`;
    const name = known.get(key) ?? fold(method.toUpperCase(), pathOf(url));
    if (known.size < MOST_KNOWN) known.set(key, name);
    return name;
  };
}

function pathOf(url: string): string {
  return /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] || '/';
}
