import Module from 'node:module';
import { isOfProject } from './resolve.ts';
import { scopes } from './scope.ts';

/** What a script has set in `process.env` and on `globalThis`: each user's own, as if each had a process. */
export class Own {
  readonly env = new Map<string, string | null>();
  readonly globals = new Map<PropertyKey, unknown>();
  /** Modules of CommonJS of the project that were loaded, by file name. */
  readonly modules = new Map<PropertyKey, unknown>();
}

/**
 * Globals that scripts replace by their own. What is not there yet is each user's, too; methods that are replaced on
 * what all share (`Math.random`, `Array.prototype`) cannot be kept apart.
 */
const REPLACEABLE = [
  'fetch',
  'Headers',
  'Request',
  'Response',
  'FormData',
  'WebSocket',
  'EventSource',
  'Date',
  'console',
  'navigator',
];

const ownNow = (): Own | null => scopes.getStore()?.agent.own ?? null;

/** Deep enough for the line that sets something, behind the frames of this file. */
const FRAMES = 6;

/**
 * Who sets something: a user where a line of the project does, null (everybody) where a package does. Packages are loaded
 * once for all users, and what they set then (`dotenv/config`, a polyfill) has to be there for each.
 */
function setterNow(): Own | null {
  const own = ownNow();
  if (own === null) return null;
  // The script may have its own ways with stacks.
  const { stackTraceLimit, prepareStackTrace } = Error;
  Object.assign(Error, { stackTraceLimit: FRAMES, prepareStackTrace: undefined });
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, setterNow);
  const stack = holder.stack ?? '';
  Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  const frames = stack.split('\n').slice(1);
  const line = frames.find((frame) => !frame.includes(import.meta.url) && !frame.includes('(<anonymous>)'));
  return line !== undefined && isOfProject(/(file:\/\/\/[^)]*|\/[^)]*)/.exec(line)?.[1] ?? '') ? own : null;
}

/** From here on what one user of this thread sets is not there for another. To be called once, before any script. */
export function keepApart(): void {
  process.env = apartEnv(process.env);
  for (const name of REPLACEABLE) keepGlobalApart(name);
  keepNewGlobalsApart();
  keepCommonJsApart();
}

/** A copy for all, because reading Node's own costs a call into C++; what is set for all is set there, too. */
function apartEnv(node: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const real: NodeJS.ProcessEnv = { ...node };
  /** Until a user sets something, nobody has to be asked for. */
  let isSet = false;
  const shared = (name: string, value: string): boolean => {
    real[name] = value;
    return Reflect.set(node, name, value);
  };
  const read = (own: Own | null, name: string): string | undefined => {
    const set = own?.env.get(name);
    return set === undefined ? real[name] : (set ?? undefined);
  };
  const has = (own: Own | null, name: string): boolean =>
    own?.env.has(name) ? own.env.get(name) !== null : Object.hasOwn(real, name);
  return new Proxy(real, {
    get(target, name, receiver) {
      if (!isSet || typeof name === 'symbol') return Reflect.get(target, name, receiver);
      const own = ownNow();
      return has(own, name)
        ? read(own, name)
        : own?.env.has(name)
          ? undefined
          : Reflect.get(target, name, receiver);
    },
    has: (target, name) =>
      typeof name === 'symbol' || !ownNow()?.env.has(name) ? Reflect.has(target, name) : has(ownNow(), name),
    set(target, name, value) {
      const own = setterNow();
      if (typeof name === 'symbol') return Reflect.set(target, name, value);
      if (own === null) return shared(name, String(value));
      isSet = true;
      own.env.set(name, String(value));
      return true;
    },
    deleteProperty(target, name) {
      const own = setterNow();
      if (own === null || typeof name === 'symbol')
        return Reflect.deleteProperty(node, name) && Reflect.deleteProperty(target, name);
      isSet = true;
      own.env.set(name, null);
      return true;
    },
    ownKeys(target) {
      const own = ownNow();
      const names = new Set([...Reflect.ownKeys(target), ...(own?.env.keys() ?? [])]);
      return [...names].filter((name) => typeof name === 'symbol' || has(own, name));
    },
    getOwnPropertyDescriptor(_target, name) {
      const own = ownNow();
      if (typeof name === 'symbol' || !has(own, name)) return undefined;
      return { value: read(own, name), writable: true, enumerable: true, configurable: true };
    },
    defineProperty(_target, name, { value }) {
      const own = setterNow();
      if (typeof name === 'symbol') return Reflect.defineProperty(_target, name, { value });
      if (own === null) return shared(name, String(value));
      isSet = true;
      own.env.set(name, String(value));
      return true;
    },
  });
}

function keepGlobalApart(name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  if (!descriptor?.configurable) return;
  // Some are made when they are first asked for.
  let shared: unknown;
  let isKnown = false;
  let isReplaced = false;
  const read = (): unknown => {
    if (!isKnown) shared = descriptor.get ? descriptor.get.call(globalThis) : descriptor.value;
    isKnown = true;
    return shared;
  };
  Object.defineProperty(globalThis, name, {
    configurable: true,
    enumerable: descriptor.enumerable ?? false,
    get() {
      const own = isReplaced ? ownNow() : null;
      return own?.globals.has(name) ? own.globals.get(name) : read();
    },
    set(value) {
      const own = setterNow();
      if (own === null) {
        shared = value;
        isKnown = true;
      } else {
        isReplaced = true;
        own.globals.set(name, value);
      }
    },
  });
}

/** What is not there is looked for behind the global object: there each user has a place of its own. */
function keepNewGlobalsApart(): void {
  const behind = Object.getPrototypeOf(globalThis);
  const proxy = new Proxy(behind, {
    get(target, name, receiver) {
      const own = ownNow();
      return own?.globals.has(name) ? own.globals.get(name) : Reflect.get(target, name, receiver);
    },
    has: (target, name) => ownNow()?.globals.has(name) || Reflect.has(target, name),
    set(target, name, value, receiver) {
      const own = setterNow();
      if (own === null || Reflect.has(target, name)) {
        const writable = { value, writable: true, enumerable: true, configurable: true };
        return Reflect.defineProperty(receiver, name, writable);
      }
      own.globals.set(name, value);
      return true;
    },
    deleteProperty(target, name) {
      ownNow()?.globals.delete(name);
      return Reflect.deleteProperty(target, name);
    },
  });
  Object.setPrototypeOf(globalThis, proxy);
}

/**
 * CommonJS knows a module by its file name, an ES module that imports it too: of the project's own files each user has
 * modules of its own.
 */
function keepCommonJsApart(): void {
  const loader = Module as unknown as { _cache: Record<PropertyKey, unknown> };
  const modulesFor = (file: PropertyKey): Own['modules'] | undefined =>
    typeof file === 'string' && isOfProject(file) ? ownNow()?.modules : undefined;
  loader._cache = new Proxy(loader._cache, {
    get(shared, file, receiver) {
      const own = modulesFor(file);
      return own ? own.get(file) : Reflect.get(shared, file, receiver);
    },
    has: (shared, file) => modulesFor(file)?.has(file) ?? Reflect.has(shared, file),
    set(shared, file, value) {
      const own = modulesFor(file);
      return own ? Boolean(own.set(file, value)) : Reflect.set(shared, file, value);
    },
    deleteProperty(shared, file) {
      const own = modulesFor(file);
      own?.delete(file);
      return own !== undefined || Reflect.deleteProperty(shared, file);
    },
    ownKeys: (shared) => [
      ...Reflect.ownKeys(shared),
      ...((ownNow()?.modules.keys() ?? []) as Iterable<string>),
    ],
    getOwnPropertyDescriptor(shared, file) {
      const value = modulesFor(file)?.get(file);
      const isOwn = value !== undefined;
      return isOwn
        ? { value, writable: true, enumerable: true, configurable: true }
        : Reflect.getOwnPropertyDescriptor(shared, file);
    },
  });
}
