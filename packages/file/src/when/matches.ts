/**
 * Whether a name is one of those that patterns mean: the last one that matches decides, and one with `!` takes out.
 * Patterns and names are strangers', so that nothing here may take long: each takes at most their lengths multiplied.
 */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  // Only exceptions: from everything.
  let found = patterns.every((pattern) => pattern.startsWith('!'));
  for (const pattern of patterns) {
    const takesOut = pattern.startsWith('!');
    if (matches(takesOut ? pattern.slice(1) : pattern, name)) found = !takesOut;
  }
  return found;
}

/** `*` any characters but /, `**` any, `**` before a slash any folders or none, `?` one that is no /. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.match(/\*\*\/|\*+|[^*]/gs) ?? [];
  // Where in the name the parts so far may end.
  let ends = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    if (part === '**/') {
      const first = Math.min(...ends);
      for (const end of ends) next.add(end);
      for (let at = first; at < name.length; at++) if (name[at] === '/') next.add(at + 1);
    } else if (part.startsWith('*')) {
      spread(ends, name, part.length > 1, next);
    } else {
      for (const end of ends) {
        const letter = name[end];
        if (letter === part || (part === '?' && letter !== undefined && letter !== '/')) next.add(end + 1);
      }
    }
    if (next.size === 0) return false;
    ends = next;
  }
  return ends.has(name.length);
}

/** From each place as far as a star reaches; each place is reached once. */
function spread(from: ReadonlySet<number>, name: string, overSlashes: boolean, into: Set<number>): void {
  for (const start of [...from].toSorted((a, b) => a - b)) {
    for (let at = start; at <= name.length && !into.has(at); at++) {
      into.add(at);
      if (!overSlashes && name[at] === '/') break;
    }
  }
}
