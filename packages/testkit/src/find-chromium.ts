import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import names from './chromium-names.json' with { type: 'json' };

/**
 * The path of the browser to test with: CHROMIUM_PATH, else the first of chromium-names.json on the PATH.
 * @throws when there is none, with what to type
 */
export function findChromium(environment: NodeJS.ProcessEnv): string {
  const folders = (environment.PATH ?? '').split(delimiter);
  const found =
    environment.CHROMIUM_PATH ??
    names
      .flatMap((name) => (isAbsolute(name) ? name : folders.map((folder) => join(folder, name))))
      .find(isExecutable);
  if (found) return found;
  throw new Error(
    'There is no Chromium to test with. Type: node scripts/setup.mjs --needs chromium -- scripts/test.ts',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
