/** On the options of a connection: it goes where they say, though a test redirects that host to a stand-in. */
export const direct = Symbol('direct');

export function directly<T extends object>(options: T): T {
  return { ...options, [direct]: true };
}
