import { type LoadFnOutput, registerHooks, stripTypeScriptTypes } from 'node:module';

/** What a script imports and what it gets instead. */
const answers: Readonly<Record<string, string>> = {
  'node:test': new URL('./node-test.ts', import.meta.url).href,
  marteau: new URL('./extras/index.ts', import.meta.url).href,
};

/** File URL of each module that was loaded → its format, as Node names it. */
export const formats = new Map<string, string>();

/** Scripts by file URL, as they were read: most of what an instance costs is to read them and to strip their types. */
const scripts = new Map<string, LoadFnOutput>();

/** The file URL that was loaded last: where a mistake of syntax is, of which Node says no more. */
export let lastLoaded = '';

/** From here on this thread answers `node:test` with our collector, and `marteau` without an install. */
export function answerImports(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const url = answers[specifier];
      return url ? { url, shortCircuit: true } : next(specifier, context);
    },
    load(url, context, next) {
      const file = url.replace(/\?.*$/, '');
      lastLoaded = file;
      const known = scripts.get(file);
      if (known && isInstance(url)) return known;
      const loaded = next(url, context);
      const plain = isInstance(url) ? plainModule(loaded) : null;
      if (plain) scripts.set(file, plain);
      if (!formats.has(file) && loaded.format) formats.set(file, loaded.format);
      return loaded;
    },
  });
}

/** Whether it is a user's instance of the script. */
function isInstance(url: string): boolean {
  return /\?user=\d+$/.test(url);
}

/** An ES module without types, which can be loaded again as it is; null for anything else. */
function plainModule({ format, source }: LoadFnOutput): LoadFnOutput | null {
  if (source === undefined || source === null) return null;
  const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8');
  if (format === 'module') return { format, source: text, shortCircuit: true };
  const stripped = format === 'module-typescript' ? stripTypes(text) : null;
  return stripped === null ? null : { format: 'module', source: stripped, shortCircuit: true };
}

/**
 * A TypeScript module as JavaScript, every character in its place. Null where Node has something to say against it:
 * then Node shall say it when it loads the file itself.
 */
function stripTypes(text: string): string | null {
  const { emitWarning } = process;
  // Node does the same for every file that it loads, and warns of it only where it is asked for by name.
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } catch {
    return null;
  } finally {
    process.emitWarning = emitWarning;
  }
}
