// npm run test:tools [-- NAME…]: tests of other people's tools, with the real ones, in a cache of their own. What cannot
// be installed here is named, and its tests are skipped; it fails only where it was asked for by its name.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findTestFiles, isOfTools } from './testing/test-files.ts';
import { type Recipe, recipes } from './tools/recipes.ts';

/** Of what an installer says. */
const MOST_SAID = 2000;

const root = join(import.meta.dirname, '..');
const cache = process.env.MARTEAU_TOOLS ?? join(homedir(), '.cache/marteau/tools');
const wanted = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);
const unknown = wanted.filter((name) => !recipes.some((recipe) => recipe.name === name));

if (unknown.length > 0) {
  say(`There is no tool ${unknown.join(', ')}. Tools are ${recipes.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 1;
} else {
  const path = [process.env.PATH ?? ''];
  const missing: string[] = [];
  for (const recipe of recipes) {
    const bin = await install(recipe);
    if (bin === null) missing.push(recipe.name);
    else path.unshift(bin);
  }
  if (missing.length > 0)
    say(`Not on this machine, and not to be had: ${missing.join(', ')}. Their tests are skipped.`);
  const files = findTestFiles(root).filter(isOfTools);
  const env = { ...process.env, PATH: path.join(delimiter), MARTEAU_TOOLS_PATH: path.join(delimiter) };
  const tests = spawn(process.execPath, ['--test', '--test-concurrency=1', ...files], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  const [code] = await once(tests, 'exit');
  const asked = missing.filter((name) => wanted.includes(name));
  if (asked.length > 0) say(`Asked for by name, and missing: ${asked.join(', ')}.`);
  process.exitCode = code === 0 && asked.length === 0 ? 0 : 1;
}

/** @returns the folder to put on the PATH; null where it cannot be had */
async function install({ name, program, bin, install: commands }: Recipe): Promise<string | null> {
  const folder = join(cache, name);
  if (existsSync(join(folder, bin, program))) return join(folder, bin);
  if ((await failureOf(`command -v ${program}`, root)) === null) return folder;
  if (commands === null) return null;
  say(`Installing ${name}`);
  mkdirSync(folder, { recursive: true });
  const failure = await failureOf(`set -e\n${commands}`, folder);
  if (failure === null) return join(folder, bin);
  say(`${name} could not be installed: ${failure}`);
  rmSync(folder, { recursive: true, force: true });
  return null;
}

/** The last that commands have said where they did not succeed; null where they did. */
async function failureOf(commands: string, cwd: string): Promise<string | null> {
  const shell = spawn('/bin/sh', ['-c', commands], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  shell.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-MOST_SAID);
  });
  const [code] = await once(shell, 'close');
  return code === 0 ? null : (said.trim().split('\n').at(-1) ?? '') || `exit code ${code}`;
}
