import { registerHooks } from 'node:module';

/** What a script imports and what it gets instead. */
const answers: Readonly<Record<string, string>> = {
  'node:test': new URL('./node-test.ts', import.meta.url).href,
  marteau: new URL('./extras/index.ts', import.meta.url).href,
};

/** File URL of each module that was loaded → its format, as Node names it. */
export const formats = new Map<string, string>();

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
      const loaded = next(url, context);
      if (!formats.has(file) && loaded.format) formats.set(file, loaded.format);
      return loaded;
    },
  });
}
