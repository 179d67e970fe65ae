import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createTempFolder } from '@marteau/testkit';
import { cycle, runScript } from '../fixtures/run-script.ts';

/** A package with both kinds of modules, as npm installs it, and a file of the project's own of each kind. */
const project = {
  'node_modules/both/package.json':
    '{"name": "both", "exports": {"import": "./index.mjs", "require": "./index.cjs"}}',
  'node_modules/both/index.mjs': "export const kind = 'esm';",
  'node_modules/both/index.cjs': "exports.kind = 'cjs';",
  'lib/typed.ts': 'export interface Point { x: number }\nexport const origin: Point = { x: 0 };',
  'lib/plain.mjs': 'export default 1;',
  'lib/old.cjs': 'module.exports = { two: 2 };',
  'lib/rows.json': '[3]',
};

const esm = `
  import assert from 'node:assert/strict';
  import test, { describe, it } from 'node:test';
  import { kind } from 'both';
  import one from './lib/plain.mjs';
  import old from './lib/old.cjs';
  import rows from './lib/rows.json' with { type: 'json' };
  let mine = 0;
`;
const cjs = `
  const assert = require('node:assert/strict');
  const test = require('node:test');
  const { describe, it } = require('node:test');
  const { kind } = require('both');
  const one = require('./lib/plain.mjs').default;
  const old = require('./lib/old.cjs');
  const rows = require('./lib/rows.json');
  let mine = 0;
`;
const body = (wanted: string) => `
  test('imports', async () => {
    assert.deepEqual([kind, one, old.two, rows], ['${wanted}', 1, 2, [3]]);
    assert.equal((await import('both')).kind, 'esm');
    mine += 1;
    console.log('> ' + mine);
  });
  describe('suite', () => { it('in it', () => assert.ok(__filename || import.meta.url)); });
`;

const scripts: Record<string, string> = {
  'script.test.mjs': `${esm} const __filename = ''; ${body('esm')}`,
  'script.test.cjs': `${cjs} ${body('cjs').replace('|| import.meta.url', '')}`,
  'script.test.mts': `${esm} import { origin, type Point } from './lib/typed.ts'; const p: Point = origin; const __filename: string = ''; ${body('esm')}`,
  'script.test.cts': `${cjs} const { origin } = require('./lib/typed.ts'); const p: { x: number } = origin; ${body('cjs').replace('|| import.meta.url', '')}`,
  'script.test.js': `${cjs} ${body('cjs').replace('|| import.meta.url', '')}`,
  'deep/script.test.ts': `${esm.replaceAll("'./lib", "'../lib")} const __filename: string = ''; ${body('esm')}`,
};

describe('a script may be', () => {
  for (const [path, script] of Object.entries(scripts)) {
    it(`${path}: it passes under node --test and as load, each user with one of its own`, async () => {
      const files = { ...project, [path]: script };
      await using folder = await createTempFolder();
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder.path, name)), { recursive: true });
        await writeFile(join(folder.path, name), text);
      }
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      await promisify(execFile)(process.execPath, ['--test', path], { cwd: folder.path, env });

      const { measurements, stdout, stderr } = await runScript({
        files,
        job: { script: path },
        steps: [cycle(2, { rampMs: 0, durationMs: 10_000, iterations: { count: 4, per: 'user' } })],
      });
      assert.ok(measurements, stderr);
      assert.deepEqual(measurements.failures, []);
      const said = stdout.split('\n').filter((line) => line.startsWith('> '));
      assert.deepEqual(said.sort(), ['> 1', '> 1', '> 2', '> 2']);
    });
  }
});
