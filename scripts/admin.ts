// npm run admin -- COMMAND: back-ups, and what else is done to an installation from outside. Without one it lists them.
import { runAdmin } from '@marteau/admin';

process.exitCode = await runAdmin(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  say: (line) => process.stdout.write(`${line}\n`),
});
