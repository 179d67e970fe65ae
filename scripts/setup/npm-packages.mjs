import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { root } from './root.mjs';
import { say } from './say.mjs';

/** The packages of package-lock.json, in node_modules. */
export const npmPackages = {
  isMissing() {
    const installed = packagesOf('node_modules/.package-lock.json');
    const wanted = packagesOf('package-lock.json');
    return (
      !installed ||
      Object.entries(wanted ?? {}).some(([path, entry]) => differs(entry, installed[path], path))
    );
  },

  // Not `npm ci`: npm 11 refuses a lock file from a registry that lacks some of the packages for other platforms. This
  // installs the versions of the lock file too and writes nothing but node_modules.
  async install() {
    say('installing the npm packages (npm install --no-save)');
    await npm('install', '--no-save');
  },
};

/** npm writes down what it installed once all of it is there, so an install that was cut short has no such file. */
function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(join(root, lockFile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function differs(wanted, installed, path) {
  if (!path.includes('node_modules/')) return false;
  // An optional package may be for another platform.
  if (!installed) return !wanted.optional;
  return installed.version !== wanted.version || installed.integrity !== wanted.integrity;
}
