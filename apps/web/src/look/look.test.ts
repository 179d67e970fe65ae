import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import type { ReadResult } from '@marteau/source';
import { judge } from './judge.ts';
import { createGate } from './looker.ts';

function read(
  text: string | null,
  paths: string[] | null = ['.marteau.yml', 'load/home.test.ts'],
  manifest: string | null = null,
): ReadResult {
  const commit = 'a'.repeat(40);
  return {
    commit,
    subject: '',
    author: '',
    committedAt: '',
    byToken: false,
    branch: 'main',
    tag: null,
    defaultBranch: 'main',
    text,
    paths,
    manifest,
  };
}

const file = 'script: load/home.test.ts\ncycles: 5:10\nduration: 10s\nprofiles: {smoke: {cycles: "1"}}\n';

test('a file without mistakes says what it amounts to and fills the form in', async () => {
  const look = await judge(read(file), {});
  assert.match(look.summary ?? '', /^2 cycles x 10 s, about .*, at most 10 users on 1 node$/);
  assert.deepEqual(look.fields, { script: 'load/home.test.ts', cycles: '5:10', duration: '10s' });
  assert.deepEqual(look.profiles, ['smoke']);
});

test('overrides and a profile change what it amounts to', async () => {
  assert.match((await judge(read(file), { profile: 'smoke' })).summary ?? '', /^1 cycle/);
  assert.equal((await judge(read(file), { profile: 'smoke' })).fields.cycles, '1');
  assert.match((await judge(read(file), { overrides: { cycles: '1:2:3' } })).summary ?? '', /^3 cycles/);
});

test('mistakes come all at once: in the file with their place, in an override with its name', async () => {
  const inFile = await judge(read('script: load/home.test.ts\ncycels: 1\nduration: long\n'), {});
  assert.deepEqual(
    inFile.problems.map(({ line, path }) => [line, path]),
    [
      [2, 'cycels'],
      [3, 'duration'],
    ],
  );
  const [problem] = (await judge(read(file), { overrides: { cycles: 'many' } })).problems;
  assert.equal(problem?.line, null);
  assert.match(problem?.what ?? '', /cycles/);
});

test('a script that is not there is named, and the one that was meant', async () => {
  const [problem] = (await judge(read('script: home.test.ts\n'), {})).problems;
  assert.equal(problem?.what, 'there is no home.test.ts in the repository');
  assert.equal(problem?.fix, "did you mean 'load/home.test.ts'?");
  assert.deepEqual((await judge(read('script: home.test.ts\n', null), {})).problems, []);
});

test('secrets that the server lacks, or would not give, show before anything is queued', async () => {
  const text = `${file}env: {TOKEN: "\${secrets.TOKEN}", KEY: "\${secrets.KEY}"}\n`;
  const [problem] = (await judge(read(text), {}, ['KEY'])).problems;
  assert.match(
    problem?.what ?? '',
    /^the file uses \$\{secrets\.TOKEN\}, and this server has no such secret/,
  );
  assert.deepEqual((await judge(read(text), {}, ['KEY', 'TOKEN'])).problems, []);
  const elsewhere = { overrides: { target: 'https://elsewhere.example.com' } };
  assert.match(
    (await judge(read(text), elsewhere, ['KEY', 'TOKEN'])).problems[0]?.fix ?? '',
    /^leave out target/,
  );
});

test('a package from outside of the repository is a mistake, other than marteau, which nodes bring', async () => {
  const manifest = { devDependencies: { marteau: 'file:../marteau-0.1.0.tgz', lib: 'file:../lib' } };
  const { problems, summary } = await judge(read(file, undefined, JSON.stringify(manifest)), {});
  assert.deepEqual(
    problems.map(({ what }) => what),
    ['package.json takes lib from file:../lib, which is outside of the repository'],
  );
  assert.equal(summary, null);
});

test('no file is no mistake', async () => {
  const look = await judge(read(null), {});
  assert.equal(look.found, false);
  assert.deepEqual(look.problems, []);
});

test('so many at once, so many wait, the rest is refused', async () => {
  const gate = createGate(1, 1);
  const first = Promise.withResolvers<string>();
  const order: string[] = [];
  const a = gate.through(() => first.promise).then((name) => order.push(name));
  const b = gate.through(async () => 'b').then((name) => order.push(name));
  await assert.rejects(
    gate.through(async () => 'c'),
    (error) => isMarteauError(error, 'too-busy-to-look'),
  );
  first.resolve('a');
  await Promise.all([a, b]);
  assert.deepEqual(order, ['a', 'b']);
  await assert.rejects(gate.through(async () => assert.fail('broken')));
  assert.equal(await gate.through(async () => 'free again'), 'free again');
});
test('a script of k6 is found by what stands in it, and its own plan is said', async () => {
  const text = 'script: load/shop.js\ntarget: http://shop.example\n';
  const scriptText = `import http from 'k6/http';
export const options = { scenarios: {
  a: { executor: 'constant-vus', vus: 1, duration: '4m' }, b: { executor: 'constant-vus', vus: 1, duration: '2m' } } };`;
  const look = await judge({ ...read(text, ['load/shop.js']), scriptText }, {});
  assert.equal(look.summary, 'k6 script, 2 scenarios, about 4 min, on 1 node');
});

test('more nodes than there are, or than have the labels, are a mistake before anything is queued', async () => {
  const load = (labels: Record<string, string> = {}) => ({ roles: ['load'] as const, labels });
  const problemsOf = async (nodes: string, there: Parameters<typeof judge>[4]) =>
    (
      await judge(
        read(`script: load/home.test.ts\ncycles: 1\nduration: 10s\nnodes: ${nodes}\n`),
        {},
        null,
        null,
        there,
      )
    ).problems.map(({ path, what }) => `${path}: ${what}`);
  const three = [load(), load({ region: 'eu' }), { roles: ['desk'] as const, labels: {} }] as never;
  assert.deepEqual(await problemsOf('2', three), []);
  assert.deepEqual(await problemsOf('3', three), ['nodes: the run wants 3 nodes, and this server has 2']);
  assert.deepEqual(await problemsOf('{count: 1, labels: {region: us}}', three), [
    'nodes: the run wants 1 node, and this server has none with its labels',
  ]);
  assert.deepEqual(await problemsOf('9', []), [], 'workers have yet to come');
});

test('traffic that was read with the file says how long it is, and what is wrong with it', async () => {
  const text = 'script: load/home.test.ts\nload: load/day.csv\n';
  const paths = ['load/home.test.ts', 'load/day.csv'];
  const look = (files: Record<string, string | Buffer>) => {
    const traffic = Object.fromEntries(
      Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes as Buffer).toString('base64')]),
    );
    return judge({ ...read(text, paths), traffic }, {});
  };
  // As Excel writes it, too: with a mark, or in UTF-16.
  for (const day of ['n\n60\n90\n', '\ufeffn\n60\n90\n', Buffer.from('\ufeffn\n60\n90\n', 'utf16le')])
    assert.match((await look({ 'load/day.csv': day })).summary ?? '', /\(150 iterations, .*over 2 min/);
  assert.match((await look({})).summary ?? '', /^the traffic of load\/day\.csv, a minute for each row/);
  const [problem] = (await look({ 'load/day.csv': 'n\nmany\n' })).problems;
  assert.match(problem!.what, /^load\/day\.csv: row 1 has 'many'/);
  const [missing] = (await judge(read(text), {})).problems;
  assert.equal(missing!.what, 'there is no load/day.csv in the repository');
});
