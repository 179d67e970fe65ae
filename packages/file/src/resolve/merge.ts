import type { PartialFile } from '../schema/file.ts';

/** Fields of which a later layer replaces all: a model of load, a way to name the target. */
const groups: readonly { choosing: readonly string[]; all: readonly string[] }[] = [
  { choosing: ['cycles', 'load', 'find'], all: ['cycles', 'duration', 'ramp', 'load', 'find'] },
  { choosing: ['target', 'targets'], all: ['target', 'targets'] },
];

/** Takes a target of the layers below off: for the app that the file starts. */
const NO_TARGET = 'none';

/** Fields whose value is one thing, although it is a map. */
const whole = new Set(['load', 'find']);

/** A partial file over another one. Maps are merged, everything else is replaced; what is empty changes nothing. */
export function mergeFiles<T extends PartialFile>(base: T, over: PartialFile): T {
  const layer = withoutEmpty(over) as Fields;
  const result: Fields = { ...(base as Fields) };
  if (layer.target === NO_TARGET) {
    delete layer.target;
    delete result.target;
    delete result.targets;
  }
  for (const { choosing, all } of groups) {
    const chosen = choosing.filter((field) => field in layer);
    // `cycles` over `cycles` keeps the duration; another model keeps nothing of the one before.
    const same = chosen.every((field) => field in result);
    if (chosen.length > 0 && !same) for (const field of all) delete result[field];
  }
  for (const [field, value] of Object.entries(layer)) {
    result[field] = whole.has(field) ? value : mergeValues(field, result[field], value);
  }
  return result as T;
}

/** A copy without what is empty at any depth: null, blank text, empty lists and maps. */
export function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([name, field]) => [name, withoutEmpty(field)] as const);
  return Object.fromEntries(entries.filter(([, field]) => !isEmpty(field)));
}

type Fields = Record<string, unknown>;

function mergeValues(field: string, base: unknown, over: unknown): unknown {
  // `nodes: 5` over {count: 3, labels: …} is about the count.
  if (field === 'nodes' && isMap(base) && typeof over === 'number') return { ...base, count: over };
  if (field === 'nodes' && typeof base === 'number' && isMap(over)) return { count: base, ...over };
  if (!isMap(base) || !isMap(over)) return over;
  const result: Fields = { ...base };
  for (const [name, value] of Object.entries(over)) {
    result[name] = mergeValues('', Object.hasOwn(base, name) ? base[name] : undefined, value);
  }
  return result;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
