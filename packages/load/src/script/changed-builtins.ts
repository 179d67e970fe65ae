const MOST_NAMED = 10;

/**
 * What JavaScript itself gives and all users of a thread share: who replaces a part of it replaces it for everybody, which
 * no instance of the script can keep apart.
 */
const shared: Readonly<Record<string, object>> = {
  Math,
  JSON,
  Object,
  Array,
  Promise,
  Date,
  crypto: globalThis.crypto,
  performance: globalThis.performance,
  'Object.prototype': Object.prototype,
  'Array.prototype': Array.prototype,
  'String.prototype': String.prototype,
  'Number.prototype': Number.prototype,
  'Function.prototype': Function.prototype,
  'Promise.prototype': Promise.prototype,
  'Date.prototype': Date.prototype,
  'Map.prototype': Map.prototype,
  'Set.prototype': Set.prototype,
  'Response.prototype': Response.prototype,
  'Headers.prototype': Headers.prototype,
};

/** Remembers these as they are now; what it gives says which were replaced since, for a report's reader, or null. */
export function watchBuiltins(): () => string | null {
  const members = Object.entries(shared).flatMap(([name, owner]) =>
    Reflect.ownKeys(owner).map((key) => ({ name, owner, key, was: meaningOf(owner, key) })),
  );
  return () => {
    const changed = members.filter(({ owner, key, was }) => meaningOf(owner, key) !== was);
    if (changed.length === 0) return null;
    const names = changed.map(({ name, key }) => `${name}.${String(key)}`);
    return `Users cannot be kept apart in what the script, or a package of it, replaces for all of a thread: ${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''}.`;
  };
}

function meaningOf(owner: object, key: PropertyKey): unknown {
  const descriptor = Reflect.getOwnPropertyDescriptor(owner, key);
  return descriptor && ('value' in descriptor ? descriptor.value : descriptor.get);
}
