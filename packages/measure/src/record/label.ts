/** What a path's part looks like when it names one thing among many: a number, a UUID, a hash, a token. */
const NUMERIC = /^[-+]?\d+(?:[.,]\d+)*$/;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const HEX = /^(?=.*\d)[\da-f]{8,}$/i;
const TOKEN = /^(?=(?:.*\d){2})(?=.*[A-Za-z])[\w-]{16,}$/;
const PREFIXED = /^([A-Za-z]+[-_])\d+$/;

/** Turns a path into the pattern that it shares with its like: `/users/7/cart` into `/users/:id/cart`. */
export type Fold = (method: string, path: string) => string;

/**
 * Labels requests by method and folded path; the query is dropped.
 * @param patterns what only the author knows: `GET /product/:slug`; the method may be left out, `*` ends in anything
 */
export function labeller(patterns: readonly string[]): Fold {
  const known = patterns.map(compile);
  return (method, path) => {
    const match = known.find(
      ({ methods, expression }) => (!methods || methods === method) && expression.test(path),
    );
    return `${method} ${match ? match.path : foldPath(path)}`;
  };
}

/** A path with whatever looks like an identifier replaced by `:id`. */
function foldPath(path: string): string {
  return path.split('/').map(foldPart).join('/');
}

function foldPart(part: string): string {
  if (part.length === 0 || part.length > 200) return part.length === 0 ? part : ':id';
  if (NUMERIC.test(part) || UUID.test(part) || HEX.test(part) || TOKEN.test(part)) return ':id';
  return part.replace(PREFIXED, '$1:id');
}

/**
 * What stands between two stars is looked for once, behind what came before, and kept where it is first found: a later
 * place could only leave less for what follows. So no path takes longer than its length, however many stars there are.
 */
function compile(pattern: string): { methods: string; path: string; expression: RegExp } {
  const [, methods = '', path = pattern] = /^(?:([A-Z]+)\s+)?(\/.*)$/.exec(pattern.trim()) ?? [];
  const [first = '', ...others] = path.split(/\*+/).map(sourceOf);
  const last = others.pop();
  const between = others.map((source, n) => `(?=(?<s${n}>.*?${source}))\\k<s${n}>`).join('');
  return {
    methods,
    path,
    expression: new RegExp(`^${first}${between}${last === undefined ? '' : `.*${last}`}$`),
  };
}

function sourceOf(text: string): string {
  const parts = text.split('/');
  return parts.map((part) => (part.startsWith(':') ? '[^/]+?' : RegExp.escape(part))).join('/');
}
