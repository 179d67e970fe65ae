import { type LoadFnOutput, registerHooks, stripTypeScriptTypes } from 'node:module';
import { pathToFileURL } from 'node:url';

/** What a script imports and what it gets instead. */
const answers: Readonly<Record<string, string>> = {
  'node:test': new URL('./node-test.ts', import.meta.url).href,
  marteau: new URL('./extras/index.ts', import.meta.url).href,
};

/** File URL of each module that was loaded → its format, as Node names it. */
export const formats = new Map<string, string>();

/** Scripts by file URL, as they were read: most of what an instance costs is to read them and to strip their types. */
const scripts = new Map<string, LoadFnOutput>();

/** The URL of the instance of the script that is being loaded. */
let program = '';

/** The script turned out to be CommonJS, and is to be loaded as such: as the program itself. */
export class IsCommonJs extends Error {}

export function importProgram(url: string): Promise<unknown> {
  program = url;
  return import(url);
}

/** The file URL that was loaded last: where a mistake of syntax is, of which Node says no more. */
export let lastLoaded = '';

/** The project's folder, as the begin of file URLs. */
let project = '';

/** Whether a module is the project's own, and no package: then each user has an instance of it. */
export function isOfProject(url: string): boolean {
  const file = url.startsWith('/') ? pathToFileURL(url).href : url;
  return file.startsWith(project) && project !== '' && !file.includes('/node_modules/');
}

/**
 * From here on this thread answers `node:test` with our collector, and `marteau` without an install; and modules of the
 * project that a user's instance imports are that user's.
 * @param seen is told of each file of a package that is about to be loaded
 */
export function answerImports(root: string, seen: (url: string) => void = () => undefined): void {
  project = `${pathToFileURL(root).href}/`;
  registerHooks({
    resolve(specifier, context, next) {
      const url = answers[specifier];
      if (url) return { url, shortCircuit: true };
      const found = next(specifier, context);
      if (found.url.includes('/node_modules/')) seen(found.url);
      const user = INSTANCE.exec(context.parentURL ?? '')?.[0];
      const isOwn = user !== undefined && isOfProject(found.url) && isCode(found.url);
      return isOwn ? { ...found, url: found.url + user } : found;
    },
    load(url, context, next) {
      const file = url.replace(/\?.*$/, '');
      lastLoaded = file;
      const known = scripts.get(file);
      if (known && isInstance(url)) return known;
      const loaded = next(url, context);
      const plain = isInstance(url) ? plainModule(loaded, url === program) : null;
      if (plain) scripts.set(file, plain);
      if (!formats.has(file) && loaded.format) {
        formats.set(file, loaded.format);
        if (url === program && loaded.format.startsWith('commonjs')) throw new IsCommonJs();
      }
      return plain ?? loaded;
    },
  });
}

const INSTANCE = /\?user=\d+$/;

/** Whether it is a user's instance of the script, or of what it imports. */
function isInstance(url: string): boolean {
  return INSTANCE.test(url);
}

/** Data (JSON, WebAssembly) is not run, and may be large. */
function isCode(url: string): boolean {
  return /\.[cm]?[jt]s$/.test(url);
}

/** A module does not see which user's it is. */
const PRELUDE = "import.meta.url=import.meta.url.replace(/\\?user=\\d+$/,'');";

/** And the script is the program. */
const MAIN = 'import.meta.main=true;';

/** An ES module without types, which can be loaded again as it is; null for anything else. */
function plainModule({ format, source }: LoadFnOutput, isProgram: boolean): LoadFnOutput | null {
  if (source === undefined || source === null) return null;
  const bytes = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8');
  // A byte order mark, and `#!`, which are read over where a file is read by Node itself.
  const text = bytes.replace(/^\ufeff/, '').replace(/^#!/, '//');
  const plain = format === 'module' ? text : format === 'module-typescript' ? stripTypes(text) : null;
  return plain === null
    ? null
    : { format: 'module', source: PRELUDE + (isProgram ? MAIN : '') + plain, shortCircuit: true };
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
