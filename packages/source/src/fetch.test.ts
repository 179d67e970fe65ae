import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { access, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import {
  createTempFolder,
  type GitRepo,
  type GitServer,
  startGitServer,
  type TempFolder,
} from '@marteau/testkit';
import { checkAddress } from './address/check-address.ts';
import { type FetchOptions, fetchSource } from './fetch.ts';
import type { Progress } from './git/job.ts';
import { parseRef } from './ref.ts';

let server: GitServer;
let temp: TempFolder;
let folders = 0;

before(async () => {
  server = await startGitServer();
  temp = await createTempFolder();
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await temp[Symbol.asyncDispose]();
});

/** Fetches into a new folder of the test's, as on a machine of one's own. */
async function fetch(url: string, ref = '', more: Partial<FetchOptions> = {}) {
  const address = await checkAddress(url, { allowPrivate: true });
  const into = join(temp.path, `${folders++}`);
  const { signal } = new AbortController();
  return fetchSource({
    address,
    ref: parseRef(ref),
    into,
    signal,
    deadlineMs: 60_000,
    maxBytes: 50_000_000,
    ...more,
  });
}

async function failure(url: string, ref = '', more: Partial<FetchOptions> = {}): Promise<string> {
  const into = join(temp.path, `failed-${folders++}`);
  try {
    await fetch(url, ref, { into, ...more });
  } catch (error) {
    assert.ok(isMarteauError(error), String(error));
    await assert.rejects(access(into), 'the folder is gone');
    return `${error.code}: ${error.message}`;
  }
  return 'fetched';
}

it('fetches what was asked for, also inside another repository with an origin of its own', async () => {
  const outer = await server.createRepo('outer/house', { 'a.txt': 'outer' });
  const inner = await server.createRepo('inner/shop', { 'a.txt': 'inner' });
  const house = join(temp.path, 'house');
  await outer.git('clone', '--quiet', outer.url, house);
  const into = join(house, 'data/work');
  await mkdir(join(house, 'data'));
  await fetch(inner.url, '', { into });
  assert.equal(await readFile(join(into, 'a.txt'), 'utf8'), 'inner');
});

describe('fetchSource finds', () => {
  let repo: GitRepo;
  const commits: Record<string, string> = {};

  before(async () => {
    repo = await server.createRepo('refs/shop', { 'a.txt': 'one' });
    commits.first = await repo.git('rev-parse', 'HEAD');
    await repo.git('branch', 'old/branch');
    await repo.git('tag', '--annotate', 'v1', '--message', 'Version 1');
    await repo.git('tag', 'both');
    commits.second = await repo.commit({ 'a.txt': 'two' }, 'Say "two" – ünïcode');
    await repo.git('branch', 'both');
    await repo.git('tag', 'file', await repo.git('rev-parse', 'HEAD:a.txt'));
    commits.main = await repo.commit({ 'a.txt': 'three' });
    await repo.git('update-ref', 'refs/pull/7/head', commits.second);
  });

  const cases: [ref: string, commit: string, branch: string | null, tag: string | null][] = [
    ['', 'main', 'main', null],
    ['main', 'main', 'main', null],
    ['old/branch', 'first', 'old/branch', null],
    ['v1', 'first', null, 'v1'],
    ['refs/tags/both', 'first', null, 'both'],
    ['both', 'second', 'both', null],
    ['refs/pull/7/head', 'second', null, null],
  ];
  for (const [ref, commit, branch, tag] of cases) {
    it(ref || 'the default branch', async () => {
      const found = await fetch(repo.url, ref);
      assert.deepEqual([found.commit, found.branch, found.tag], [commits[commit], branch, tag]);
      const content = { first: 'one', second: 'two', main: 'three' }[commit];
      assert.equal(await readFile(join(found.dir, 'a.txt'), 'utf8'), content);
    });
  }

  it('a commit by its SHA, and says what it is', async () => {
    const found = await fetch(repo.url, commits.second);
    assert.equal(found.commit, commits.second);
    assert.equal(found.subject, 'Say "two" – ünïcode');
    assert.equal(found.author, 'Ada');
    assert.ok(Math.abs(Date.parse(found.committedAt) - Date.now()) < 600_000);
    assert.match(found.committedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(await readdir(found.dir), ['a.txt']);
  });

  it('a commit that an old server gives out by no name', async () => {
    await using old = await startGitServer({ protocolV2: false });
    const oldRepo = await old.createRepo('shop', { 'a.txt': 'one' }, { anySha: false, filter: false });
    const first = await oldRepo.git('rev-parse', 'HEAD');
    const tip = await oldRepo.commit({ 'a.txt': 'two' });
    assert.equal((await fetch(oldRepo.url, first)).commit, first);
    assert.equal((await fetch(oldRepo.url, tip)).commit, tip);
    assert.match(await failure(oldRepo.url, '1'.repeat(40)), /^commit-unknown/);
  });

  it('a commit of a repository that counts in SHA-256', async () => {
    const dir = join(temp.path, 'sha256');
    const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, env, encoding: 'utf8' }).trim();
    await mkdir(dir);
    git('init', '--quiet', '--object-format=sha256', '--initial-branch=main');
    git(
      '-c',
      'user.name=Ada',
      '-c',
      'user.email=a@b',
      'commit',
      '--quiet',
      '--allow-empty',
      '--message=First',
    );
    const commit = git('rev-parse', 'HEAD');
    assert.equal(commit.length, 64);
    assert.equal((await fetch(`file://${dir}`)).commit, commit);
    assert.equal((await fetch(`file://${dir}`, commit)).commit, commit);
  });

  it('nothing, and says what there is', async () => {
    assert.match(
      await failure(repo.url, 'mian'),
      /^ref-unknown: .* has no branch, tag or commit "mian". Its branches are main, /,
    );
    assert.match(await failure(repo.url, 'v2'), /Its branches are v1, both, main, old\/branch\./);
    assert.match(
      await failure(repo.url, 'abcd123'),
      /^ref-short-sha: There is no branch or tag "abcd123".* all of its 40 digits/,
    );
    assert.match(await failure(repo.url, 'a'.repeat(40)), /^commit-unknown: .* has no commit aaaaaa/);
    assert.match(await failure(repo.url, 'file'), /^ref-not-a-commit: "file" of .* names a single file/);
    assert.match(await failure(`${server.url}/nothing.git`), /^clone-not-found/);
    const empty = await server.createRepo('refs/empty', {});
    assert.match(await failure(empty.url), /^clone-empty: .*refs\/empty is empty/);
    assert.match(await failure(empty.url, 'main'), /^clone-empty/);
    assert.match(await failure('file:///nowhere/at/all'), /^clone-not-found/);
  });

  it('no default branch, and says which there are', async () => {
    const headless = await server.createRepo('refs/headless', { a: '1' });
    await headless.git('symbolic-ref', 'HEAD', 'refs/heads/gone');
    assert.match(await failure(headless.url), /^ref-unknown: .* Its branches are main\./);
  });
});

describe('fetchSource brings', () => {
  it('files as they are, but no links and no submodules', async () => {
    const repo = await server.createRepo('content/shop', {
      'a.txt': 'a\r\nb\n',
      'sub/run.sh': '#!/bin/sh\n',
    });
    await symlink('/etc/passwd', join(repo.dir, 'link'));
    await symlink('../a.txt', join(repo.dir, 'sub/inner'));
    await repo.git('add', '--chmod=+x', 'sub/run.sh');
    await repo.git('config', '--file', '.gitmodules', 'submodule.lib.path', 'lib');
    await repo.git('config', '--file', '.gitmodules', 'submodule.lib.url', `${server.url}/content/shop.git`);
    await repo.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${await repo.git('rev-parse', 'HEAD')},lib`,
    );
    await writeFile(join(repo.dir, '.gitattributes'), '* filter=evil\n*.bin filter=lfs\n');
    await writeFile(join(repo.dir, 'big.bin'), 'version https://git-lfs.github.com/spec/v1\n');
    await repo.git('add', 'link', 'sub/inner', '.gitmodules', '.gitattributes', 'big.bin');
    await repo.git('-c', 'core.hooksPath=/dev/null', 'commit', '--quiet', '--message=Odd things');
    const found = await fetch(repo.url);
    assert.deepEqual(found.symlinks, ['link', 'sub/inner']);
    assert.deepEqual(found.submodules, ['lib']);
    assert.equal((await stat(join(found.dir, 'link'))).isFile(), true);
    assert.equal(await readFile(join(found.dir, 'link'), 'utf8'), '/etc/passwd');
    assert.equal(await readFile(join(found.dir, 'a.txt'), 'utf8'), 'a\r\nb\n');
    assert.equal((await stat(join(found.dir, 'sub/run.sh'))).mode & 0o111, 0o111);
    assert.deepEqual(await readdir(join(found.dir, 'lib')), []);
    assert.deepEqual((await readdir(found.dir)).sort(), [
      '.gitattributes',
      '.gitmodules',
      'a.txt',
      'big.bin',
      'lib',
      'link',
      'sub',
    ]);
  });

  it('no tree that reaches into .git or out of the folder', async () => {
    const repo = await server.createRepo('content/hostile', {
      'hooks/post-checkout': '#!/bin/sh\ntouch /tmp/marteau-was-here\n',
    });
    const [hooks, root] = [
      await repo.git('rev-parse', 'HEAD:hooks'),
      await repo.git('rev-parse', 'HEAD^{tree}'),
    ];
    for (const name of ['.git', '.GIT', 'git~1', '..', '.']) {
      const tree = makeTree(repo, [`040000 tree ${root}\t${name}`, `040000 tree ${hooks}\tz`]);
      const branch = `hostile-${Buffer.from(name).toString('hex')}`;
      await repo.git('branch', branch, await repo.git('commit-tree', tree, '-m', 'Hostile'));
      assert.match(
        await failure(repo.url, branch),
        /^clone-damaged: .*git found damaged or dangerous content/,
        name,
      );
    }
  });

  it('old commits whose faults git itself only warns of', async () => {
    const repo = await server.createRepo('content/old', { a: '1' });
    const write = (type: string, content: Buffer | string): string =>
      execFileSync('git', ['-C', repo.dir, 'hash-object', '-t', type, '-w', '--stdin', '--literally'], {
        input: content,
        encoding: 'utf8',
      }).trim();
    const raw = (mode: string, name: string, id: string) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);
    const tree = write('tree', raw('100644', 'a', await repo.git('rev-parse', 'HEAD:a')));
    const padded = write('tree', raw('040000', 'inner', tree));
    const by = (author: string, more = '') =>
      `tree ${tree}\nauthor ${author}\n${more}committer A <a@b> 1 +0000\n\nx\n`;
    const faulty: Record<string, string> = {
      'a mode with a zero before it': by('A <a@b> 1 +0000').replace(tree, padded),
      'a time zone of six digits': by('A <a@b> 1 +051800'),
      'a date with a zero before it': by('A <a@b> 01 +0000'),
      'a date beyond all': by('A <a@b> 99999999999999999999 +0000'),
      'no blank before an address': by('A<a@b> 1 +0000'),
      'no name': by('<a@b> 1 +0000'),
      'no address': by('A 1 +0000'),
      'an address with a bracket': by('A <a<@b> 1 +0000'),
      'two authors': by('A <a@b> 1 +0000', 'author B <b@c> 1 +0000\n'),
      'a byte of zero in the message': `${by('A <a@b> 1 +0000')}a\0b\n`,
    };
    const ids = Object.values(faulty).map((commit) => write('commit', commit));
    for (const id of ids) await repo.git('branch', `b${id}`, id);
    const found = await Promise.all(ids.map((id) => fetch(repo.url, `b${id}`)));
    assert.deepEqual(
      found.map(({ commit }) => commit),
      ids,
    );
  });

  it('word of how far it is, in per cent', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}.txt`, `${index}`]));
    const repo = await server.createRepo('content/many', files);
    const progress: Progress[] = [];
    await fetch(repo.url, '', { onProgress: (step) => progress.push(step) });
    assert.deepEqual(
      progress.findLast(({ stage }) => stage === 'receiving'),
      { stage: 'receiving', percent: 100 },
    );
    assert.ok(progress.every(({ percent }) => percent >= 0 && percent <= 100));
    assert.ok(progress.length < 250, `${progress.length}`);
  });

  it('only into an empty folder', async () => {
    const repo = await server.createRepo('content/into', { a: '1' });
    const into = join(temp.path, 'full');
    await mkdir(into);
    await writeFile(join(into, 'mine'), 'precious');
    await assert.rejects(fetch(repo.url, '', { into }), /is not empty/);
    assert.equal(await readFile(join(into, 'mine'), 'utf8'), 'precious');
  });
});

describe('fetchSource keeps to its limits', () => {
  it('of bytes, while they come and before they are written', async () => {
    const repo = await server.createRepo('limits/large', { noise: noise(6_000_000) });
    assert.match(
      await failure(repo.url, '', { maxBytes: 1_000_000 }),
      /^clone-too-large: .* is larger than 1.00 MB/,
    );
    const zeros = await server.createRepo('limits/zeros', { zeros: '\0'.repeat(6_000_000) });
    assert.match(await failure(zeros.url, '', { maxBytes: 1_000_000 }), /^clone-too-large/);
    assert.equal(
      await failure(zeros.url, '', { maxBytes: 7_000_000, into: join(temp.path, 'zeros') }),
      'fetched',
    );
  });

  it('of files, also when few objects make up millions of them', async () => {
    const repo = await server.createRepo('limits/bomb', { a: '1', b: '2', c: '3' });
    assert.match(await failure(repo.url, '', { maxFiles: 2 }), /^clone-too-many-files: .* more than 2 files/);
    let tree = await repo.git('rev-parse', 'HEAD^{tree}');
    for (let depth = 0; depth < 8; depth++) {
      tree = makeTree(
        repo,
        Array.from({ length: 10 }, (_, index) => `040000 tree ${tree}\tf${index}`),
      );
    }
    await repo.git(
      'branch',
      'bomb',
      await repo.git('commit-tree', tree, '-m', 'Three times ten to the eighth'),
    );
    assert.match(await failure(repo.url, 'bomb'), /^clone-flood/);
  });
});

/** A tree of these entries, checked by nobody. */
function makeTree(repo: GitRepo, entries: readonly string[]): string {
  const input = entries.map((entry) => `${entry}\n`).join('');
  return execFileSync('git', ['mktree'], { cwd: repo.dir, input, encoding: 'utf8' }).trim();
}

/** Text that does not compress. */
function noise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return String.fromCharCode(33 + (state % 90));
  }).join('');
}
