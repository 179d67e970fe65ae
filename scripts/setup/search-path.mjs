import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of the named programs that is on the PATH, as an absolute path; a name that is a path is taken as it is. */
export function findProgram(...names) {
  for (const name of names) {
    const candidates = name.includes('/') ? [name] : searchPath().map((folder) => join(folder, name));
    const found = candidates.find(isExecutable);
    if (found) return found;
  }
  return undefined;
}

function searchPath() {
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
