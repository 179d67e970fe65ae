import { bubblewrap } from './bubblewrap.mjs';
import { chromium } from './chromium.mjs';
import { debootstrap } from './debootstrap.mjs';
import { withLock } from './lock.mjs';
import { node } from './node.mjs';
import { npmPackages } from './npm-packages.mjs';
import { redis, redisServer } from './redis.mjs';
import { runScript } from './run-script.mjs';
import { SetupError } from './setup-error.mjs';
import { installSystemPrograms } from './system-programs.mjs';

/** What `--needs` may name. */
const programs = { redis, 'redis-server': redisServer, chromium, bubblewrap, debootstrap };

/**
 * Installs what is missing, in silence when nothing is, and runs the script with Node 24.
 * @param {string[]} argv `[--needs NAME,NAME] -- SCRIPT [ARGUMENTS]`
 */
export async function setUpAndRun(argv) {
  try {
    const { needs, script } = parse(argv);
    await setUp(needs);
    process.exitCode = await runScript(script);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function setUp(needs) {
  const isMissing = (step) => step.isMissing();
  await withLock(
    () => [npmPackages, node, ...needs].some(isMissing),
    async () => {
      if (npmPackages.isMissing()) await npmPackages.install();
      if (node.isMissing()) await node.install();
      await installSystemPrograms(needs.filter(isMissing));
    },
  );
}

function parse(argv) {
  const separator = argv.indexOf('--');
  const options = argv.slice(0, separator);
  const script = argv.slice(separator + 1);
  const names = options.length === 2 && options[0] === '--needs' ? options[1].split(',') : [];
  const unknown = names.filter((name) => !Object.hasOwn(programs, name));
  if (separator < 0 || script.length === 0 || unknown.length > 0 || options.length !== (names.length && 2)) {
    throw new SetupError(
      `Usage: node scripts/setup.mjs [--needs ${Object.keys(programs).join(',')}] -- SCRIPT [ARGUMENTS]`,
    );
  }
  return { needs: names.map((name) => programs[name]), script };
}
