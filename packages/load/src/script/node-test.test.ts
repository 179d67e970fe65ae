import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createTempFolder } from '@marteau/testkit';
import { cycle, runScript } from '../fixtures/run-script.ts';

/**
 * What the scripts below print, Node's own runner is the reference for: one pass of it, and one iteration of one user
 * under load. With each the number of its tests that are run.
 */
const scripts: Record<string, [number, string]> = {
  'hooks at every level': [
    1,
    `
    before(() => say('file before'));
    after(() => say('file after'));
    beforeEach(() => say('file beforeEach'));
    afterEach(() => say('file afterEach'));
    describe('outer', () => {
      before(() => say('outer before'));
      after(() => say('outer after'));
      beforeEach(() => say('outer beforeEach'));
      afterEach(() => say('outer afterEach'));
      describe('inner', () => {
        before(() => say('inner before'));
        after(() => say('inner after'));
        beforeEach((t) => say('inner beforeEach ' + t.name));
        afterEach((t) => say('inner afterEach ' + t.name));
        beforeEach(() => say('second inner beforeEach'));
        afterEach(() => say('second inner afterEach'));
        it('works', () => say('works'));
      });
    });
  `,
  ],
  'hooks around subtests': [
    1,
    `
    beforeEach((t) => say('file beforeEach ' + t.name));
    afterEach((t) => say('file afterEach ' + t.name));
    test('parent', async (t) => {
      t.before(() => say('t.before'));
      t.after(() => say('t.after'));
      t.beforeEach((t) => say('t.beforeEach ' + t.name));
      t.afterEach((t) => say('t.afterEach ' + t.name));
      say('parent begins');
      await t.test('first', (t) => { t.after(() => say('first after')); say('first ' + t.fullName); });
      await t.test('second', () => say('second'));
      say('parent ends');
    });
  `,
  ],
  'subtests without await': [
    1,
    `
    test('parent', async (t) => {
      t.test('slow', async () => { await sleep(20); say('slow'); });
      t.test('fast', () => say('fast'));
      await test('imported', () => say('imported'));
      say('parent ends');
    });
  `,
  ],
  'callbacks and options': [
    9,
    `
    test('callback', (t, done) => { setTimeout(() => { say('callback'); done(); }, 5); });
    test({ name: 'named by options' }, (t) => say(t.name));
    test(function byFunction(t) { say(t.name); });
    test('with options', { timeout: 1000 }, (t) => say(t.name));
    test.skip('skipped', () => say('must not run'));
    test('skipped too', { skip: 'because' }, () => say('must not run'));
    it.todo('some day');
    describe('suite', { skip: true }, () => { it('in a skipped suite', () => say('must not run')); });
    suite('async suite', async () => { await sleep(1); test('in it', (t) => say(t.fullName)); });
    test('plan', (t) => { t.plan(2); t.assert.ok(true); t.assert.equal(1, 1); say('planned'); });
    test('waits for', async (t) => { let n = 0; say(await t.waitFor(() => { n += 1; if (n < 3) throw new Error('not yet'); return n; }, { interval: 1 })); });
    test('signal', async (t) => { t.signal.addEventListener('abort', () => say('aborted')); say(t.signal.aborted); });
    test('skips itself', (t) => { t.skip('later'); say('goes on'); });
    beforeEach((t, done) => setImmediate(done));
  `,
  ],
  'tests that are to fail': [
    6,
    `
    const outcome = (t) => say(t.name + ' ' + t.passed);
    afterEach(outcome);
    test.expectFailure('fails as it should', () => { throw new Error('x'); });
    test('fails as it says', { expectFailure: /^Error: x$/ }, () => { throw new Error('x'); });
    test('fails otherwise', { expectFailure: { match: /y/, label: 'because' } }, () => { throw new Error('x'); });
    test('passes', { expectFailure: 'a reason' }, () => {});
    describe('around', { expectFailure: true }, () => { it('fails within', () => { throw new Error('x'); }); });
    test('not at all', { expectFailure: false }, () => {});
  `,
  ],
  'plans, tags and contexts': [
    4,
    `
    test('waits for its plan', async (t) => {
      t.plan(2, { wait: 2000 });
      t.assert.ok(true);
      setTimeout(() => { say('late'); t.assert.ok(true); }, 20);
    });
    test('has a plan by options', { plan: 1 }, (t) => t.test('which a subtest is', () => say('step')));
    describe('suite', { tags: ['a', 'b'] }, (s) => {
      say(s.name + ' ' + s.fullName + ' ' + s.passed + ' ' + s.attempt);
      it('tagged', { tags: ['c'] }, async (t) => {
        say(t.tags.join());
        await t.test('sub', { tags: ['d'] }, (t) => say(t.tags.join()));
      });
    });
    test('knows itself', (t) => { say(getTestContext().name + ' ' + t.attempt + ' ' + t.workerId); t.log('hello'); });
    say(getTestContext());
  `,
  ],
  'failures in hooks and tests': [
    3,
    `
    test('throws', async (t) => {
      t.after(() => say('after runs'));
      await t.test('fails', () => { throw new Error('in a subtest'); });
      say('goes on after a failed subtest');
      throw new Error('in the test');
    });
    describe('suite', () => {
      afterEach(() => say('afterEach runs'));
      test('throws too', () => { throw new Error('again'); });
    });
    describe('beforeEach throws', () => {
      beforeEach(() => { throw new Error('beforeEach'); });
      afterEach(() => say('afterEach after a failed beforeEach'));
      test('does not run', () => say('must not run'));
    });
  `,
  ],
};

const head = `
  import nodeTest, { after, afterEach, before, beforeEach, describe, getTestContext, it, suite, test } from 'node:test';
  import { setTimeout as sleep } from 'node:timers/promises';
  const say = (what) => console.log('> ' + what);
  if (nodeTest.test === undefined || nodeTest.describe === undefined) throw new Error('no default export');
`;

const said = (output: string) => output.split('\n').filter((line) => line.startsWith('> '));

describe('a script does under load what it does under node --test:', () => {
  for (const [name, [count, script]] of Object.entries(scripts)) {
    it(name, async () => {
      await using folder = await createTempFolder();
      const file = join(folder.path, 'script.test.mjs');
      await writeFile(file, head + script);
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      const args = ['--test', '--test-reporter=tap', '--test-isolation=none', file];
      const node = await promisify(execFile)(process.execPath, args, { env }).catch(
        (error) => error as { stdout: string },
      );
      const load = await runScript({
        files: { 'script.test.mjs': head + script },
        job: { script: 'script.test.mjs' },
        steps: [cycle(1, { rampMs: 0, durationMs: 5000, iterations: { count, per: 'user' } })],
      });
      assert.equal(load.error, null);
      assert.deepEqual(said(load.stdout), said(node.stdout));
    });
  }
});

it('an exit code, a skip that throws, a callback beside a promise and what belongs to the process count as in Node', async () => {
  const { error, measurements, stdout } = await runScript({
    files: {
      'script.test.mjs': `${head}
        import fs from 'node:fs';
        test('exit code', () => { process.exitCode = 0; process.exitCode = 3; });
        test('skips and throws', (t) => { t.skip(); throw new Error('x'); });
        test('callback and promise', async (t, done) => done());
        test('callback alone', (t, done) => done());
        test('stdin', () => say('stdin ' + fs.readFileSync(0).length));
        test('folder', () => process.chdir('/'));
        test('mask', () => { process.umask(); process.umask(0o77); });
        test('listens', () => { process.on('exit', () => {}); });
        process.on('warning', ({ name }) => say(name));`,
    },
    job: { script: 'script.test.mjs' },
    steps: [cycle(12, { rampMs: 0, durationMs: 20_000, iterations: { count: 8, per: 'user' } })],
  });
  assert.equal(error, null);
  assert.deepEqual(measurements!.failures.map(({ test, message, count }) => [test, message, count]).sort(), [
    ['callback and promise', 'passed a callback but also returned a Promise', 12],
    ['exit code', 'process.exitCode was set to 3', 12],
    [
      'folder',
      'process.chdir() does not work under load: the folder is that of all users. Name files by import.meta.dirname.',
      12,
    ],
    [
      'mask',
      'process.umask(mask) does not work under load: it is that of all users. Give fs the mode of a file.',
      12,
    ],
  ]);
  assert.deepEqual([...new Set(said(stdout))], ['> stdin 0']);
});
