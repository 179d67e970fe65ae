// Every npm script of this repository starts here: `node scripts/setup.mjs [--needs redis,chromium] -- SCRIPT [ARGUMENTS]`
// installs what is missing, then runs SCRIPT with Node 24. It must parse on any Node, to be able to refuse an old one.
const major = Number(process.versions.node.split('.')[0]);

if (major < 20) {
  process.stderr.write(
    `Marteau needs Node 20 or newer to set itself up, and this is Node ${process.versions.node}: install a newer one from https://nodejs.org and run the command again.\n`,
  );
  process.exitCode = 1;
} else {
  import('./setup/set-up-and-run.mjs').then(({ setUpAndRun }) => setUpAndRun(process.argv.slice(2)));
}
