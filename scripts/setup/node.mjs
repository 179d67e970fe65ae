import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { root } from './root.mjs';
import { say } from './say.mjs';
import { SetupError } from './setup-error.mjs';

/** Node 24 as the npm package `node` brings it, whatever Node the machine has. */
export const nodeProgram = join(root, 'node_modules', '.bin', 'node');

/** The binary comes by the package's install script and stands in no lock file, so only running it tells. */
export const node = {
  isMissing() {
    const { stdout } = spawnSync(nodeProgram, ['--print', 'process.versions.node'], { encoding: 'utf8' });
    return !(Number.parseInt(stdout, 10) >= 24);
  },

  async install() {
    say('installing Node 24 into node_modules (npm rebuild node)');
    // The install script runs the first `node` on its PATH, which must not be a broken one.
    for (const part of ['bin', 'node_modules']) {
      rmSync(join(root, 'node_modules', 'node', part), { recursive: true, force: true });
    }
    await npm('rebuild', 'node', '--ignore-scripts=false');
    if (this.isMissing()) {
      throw new SetupError(
        `${nodeProgram} is not a working Node 24 on this machine (${process.platform}, ${process.arch}). Type: rm -rf node_modules && npm install --no-save`,
      );
    }
  },
};
