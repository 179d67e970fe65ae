// npm run check: types, lint, import rules and dead code, all of them, and a summary.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

parseArgs({ options: {} }); // There is nothing to choose: an argument is a mistake.

const root = join(import.meta.dirname, '..');
const say = (line: string) => process.stdout.write(`${line}\n`);

const checks: Record<string, string[]> = {
  types: ['tsc', '-p', '.'],
  'browser types': ['tsc', '-p', 'apps/web/public'],
  lint: ['biome', 'check', '.'],
  'import rules': ['node', '--test', '--test-reporter=dot', 'tests/architecture.test.ts'],
  'dead code': ['knip', '--no-progress', '--no-config-hints'],
};

type Result = { name: string; ok: boolean; seconds: number; output: string };

async function check([name, [program = '', ...args]]: [string, string[]]): Promise<Result> {
  const start = performance.now();
  const child = spawn(join(root, 'node_modules', '.bin', program), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { name, ok: code === 0, seconds: (performance.now() - start) / 1000, output: stdout + stderr };
}

const results = await Promise.all(Object.entries(checks).map(check));
for (const { name, output } of results.filter(({ ok }) => !ok)) say(`── ${name} ──\n${output.trimEnd()}\n`);
for (const { name, ok, seconds } of results) {
  say(`${name.padEnd(14)}${(ok ? 'ok' : 'FAILED').padEnd(8)}${seconds.toFixed(1)} s`);
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
