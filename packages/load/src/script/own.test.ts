import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startTargetServer } from '@marteau/testkit';
import { cycle, runScript } from '../fixtures/run-script.ts';

const users = cycle(4, { rampMs: 0, durationMs: 20_000, iterations: { count: 5, per: 'user' } });
const wait = 'await new Promise((resolve) => setTimeout(resolve, 5));';
const head = `import { before, test } from 'node:test';
import assert from 'node:assert/strict';
let n = 0;
const mine = 'user ' + Math.random();`;

/** What a script keeps, and finds again after others have run: name → files, of which `script.test.ts` is the test. */
const kept: Record<string, Record<string, string>> = {
  'process.env': {
    'script.test.ts': `${head}
      before(() => { process.env.TOKEN = mine; delete process.env.GONE; });
      test('keeps', async () => {
        ${wait}
        assert.equal(process.env.TOKEN, mine);
        assert.equal({ ...process.env }.TOKEN, mine);
        assert.ok('TOKEN' in process.env && Object.keys(process.env).includes('TOKEN'));
        assert.ok(!('GONE' in process.env));
        assert.equal(process.env.SHARED, 'from the file');
        Error.prepareStackTrace = (error, frames) => frames;
        process.env.NUMBER = 5;
        Error.prepareStackTrace = undefined;
        assert.equal(process.env.NUMBER, '5');
      });`,
  },
  'a global of its own': {
    'script.test.ts': `${head}
      before(() => { globalThis.token = mine; globalThis.count = 0; });
      test('keeps', async () => {
        globalThis.count += 1;
        n += 1;
        ${wait}
        assert.equal(globalThis.token, mine);
        assert.equal(token, mine);
        assert.equal(count, n);
        assert.ok('token' in globalThis);
      });`,
  },
  'a fetch that it wraps': {
    'script.test.ts': `${head}
      const plain = globalThis.fetch;
      globalThis.fetch = (url, init = {}) => plain(url, { ...init, headers: { ...init.headers, 'x-user': mine } });
      test('keeps', async () => {
        const { headers } = await (await fetch('/echo')).json();
        assert.equal(headers['x-user'], mine);
      });`,
  },
  'a module of the project': {
    'script.test.ts': `${head}
      import { state } from './lib/client.ts';
      import { seen } from './lib/other.mjs';
      import old from './lib/old.cjs';
      before(() => { state.token = mine; old.token = mine; });
      test('keeps', async () => {
        ${wait}
        assert.equal(state.token, mine);
        assert.equal(seen(), mine);
        assert.equal(old.token, mine);
        assert.equal((await import('./lib/client.ts')).state, state);
      });`,
    'lib/client.ts': 'export const state: { token?: string } = {};',
    'lib/other.mjs': "import { state } from './client.ts'; export const seen = () => state.token;",
    'lib/old.cjs': "module.exports = require('./older.cjs');",
    'lib/older.cjs': 'module.exports = {};',
  },
  'what a package sets as it is loaded, which is once for all': {
    'script.test.ts': `${head}
      import 'dotenv/config';
      import greet from 'polyfill';
      test('keeps', async () => {
        assert.equal(process.env.FROM_DOTENV, 'yes');
        assert.equal(globalThis.polyfilled, 'yes');
        assert.equal(typeof greet, 'function');
        process.env.FROM_DOTENV = mine;
        ${wait}
        assert.equal(process.env.FROM_DOTENV, mine);
        process.env.FROM_DOTENV = 'yes';
      });`,
    'node_modules/dotenv/package.json': '{"name": "dotenv", "exports": {"./config": "./config.js"}}',
    'node_modules/dotenv/config.js': "(() => { process.env.FROM_DOTENV = 'yes'; })();",
    'node_modules/polyfill/package.json': '{"name": "polyfill", "type": "module", "main": "index.js"}',
    'node_modules/polyfill/index.js': "globalThis.polyfilled = 'yes';\nexport default () => 1;",
  },
  'modules of CommonJS': {
    'script.test.cjs': `const { before, test } = require('node:test');
      const assert = require('node:assert/strict');
      const state = require('./lib/state.cjs');
      const mine = 'user ' + Math.random();
      process.env.TOP = mine;
      before(() => { state.token = mine; });
      test('keeps', async () => {
        ${wait}
        assert.equal(state.token, mine);
        assert.equal(isMain, true);
        assert.equal(process.env.TOP, mine);
      });
      const isMain = require.main === module;`,
    'lib/state.cjs': 'module.exports = {};',
  },
  'what it knows of itself': {
    'script.test.ts': `#!/usr/bin/env node
${head}
      import { fileURLToPath } from 'node:url';
      import { basename } from 'node:path';
      test('keeps', () => {
        assert.equal(basename(fileURLToPath(import.meta.url)), 'script.test.ts');
        assert.ok(!import.meta.url.includes('?'));
        assert.equal(import.meta.filename, fileURLToPath(import.meta.url));
        assert.equal(import.meta.main, true);
      });`,
  },
  'its own with a byte order mark': { 'script.test.ts': `\ufeff${head}\ntest('keeps', () => {});` },
};

describe('each user has', { concurrency: 2 }, () => {
  for (const [name, files] of Object.entries(kept))
    it(name, async () => {
      await using target = await startTargetServer();
      const script = Object.keys(files)[0]!;
      const { measurements, error } = await runScript({
        files,
        job: { script, target: target.url, env: { SHARED: 'from the file', GONE: 'x' } },
        steps: [users],
      });
      assert.equal(error, null);
      assert.deepEqual(
        measurements!.failures.map(({ message, samples }) => [message, samples[0]?.detail]),
        [],
      );
      assert.equal(measurements!.labels.find((label) => label.name === 'keeps')?.steps[0]?.count, 20);
    });
});

it('what is replaced of JavaScript’s own is named for the reader of the report, and of what is kept apart nothing', async () => {
  const { measurements } = await runScript({
    script: `${head}
      globalThis.fetch = Object.assign(() => {}, fetch);
      test('keeps', () => { Math.random = () => 0.5; Array.prototype.mine = 1; });`,
    steps: [users],
  });
  const [note = '', ...more] = measurements!.notes;
  assert.match(note, /^Users cannot be kept apart in what the script, .*: Math\.random\.$/);
  assert.deepEqual(more, []);
});
