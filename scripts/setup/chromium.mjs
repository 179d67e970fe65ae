import { readFileSync } from 'node:fs';
import { findProgram } from './search-path.mjs';
import { SetupError } from './setup-error.mjs';

// The same list by which the test kit finds the browser.
const names = JSON.parse(
  readFileSync(new URL('../../packages/testkit/src/chromium-names.json', import.meta.url), 'utf8'),
);

/** The browser that the tests drive. */
export const chromium = {
  name: 'chromium',
  packages: {
    apt: ['chromium'],
    snap: ['chromium'],
    dnf: ['chromium'],
    pacman: ['chromium'],
    apk: ['chromium'],
    zypper: ['chromium'],
    brew: ['--cask google-chrome'],
  },
  wayOut: 'set CHROMIUM_PATH to a Chromium or Chrome that is not on the PATH',
  isMissing() {
    const chosen = process.env.CHROMIUM_PATH;
    if (!chosen) return !findProgram(...names);
    if (findProgram(chosen)) return false;
    throw new SetupError(
      `CHROMIUM_PATH names ${chosen}, which is not a program. Set it to a Chromium's path, or unset it to have one looked for.`,
    );
  },
};
