import assert from 'node:assert/strict';
import { readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isMarteauError } from '@marteau/shared';
import { createTempFolder, type GitServer, startGitServer } from '@marteau/testkit';
import { checkAddress } from './address/check-address.ts';
import { readMarteauFile } from './read-file.ts';
import { parseRef } from './ref.ts';

const FILE = '.marteau.yml';
let server: GitServer;

before(async () => {
  server = await startGitServer();
});
after(() => server[Symbol.asyncDispose]());

async function read(url: string, ref = '') {
  const address = await checkAddress(url, { allowPrivate: true });
  const { signal } = new AbortController();
  return readMarteauFile({ address, ref: parseRef(ref), signal, deadlineMs: 60_000 });
}

async function failure(url: string, ref = ''): Promise<string> {
  try {
    await read(url, ref);
  } catch (error) {
    assert.ok(isMarteauError(error), String(error));
    return `${error.code}: ${error.message}`;
  }
  return 'read';
}

describe('readMarteauFile', () => {
  it('reads the file of a ref, and names the others', async () => {
    const repo = await server.createRepo('shop', { [FILE]: '\ufeffscript: a.ts # ü\n', 'load/a.ts': 'x' });
    const first = await repo.git('rev-parse', 'HEAD');
    await repo.git('branch', 'old');
    const second = await repo.commit({ [FILE]: 'script: b.ts\n' }, 'Use b');
    const now = await read(repo.url);
    assert.deepEqual(
      [now.text, now.commit, now.subject, now.branch],
      ['script: b.ts\n', second, 'Use b', 'main'],
    );
    assert.deepEqual(now.paths, [FILE, 'load/a.ts']);
    const old = await read(repo.url, 'old');
    assert.deepEqual([old.text, old.commit, old.branch], ['script: a.ts # ü\n', first, 'old']);
    assert.equal((await read(repo.url, first)).text, 'script: a.ts # ü\n');
  });

  it('brings no other file where the host knows filters, and reads it where not', async () => {
    const noise = Array.from({ length: 200_000 }, (_, index) => Math.imul(index, 2654435761)).join(' ');
    for (const filter of [true, false]) {
      const repo = await server.createRepo(
        `large-${filter}`,
        { [FILE]: 'script: a.ts\n', noise },
        { filter },
      );
      const address = await checkAddress(repo.url, { allowPrivate: true });
      const { signal } = new AbortController();
      const reading = readMarteauFile({ address, signal, deadlineMs: 60_000, maxBytes: 100_000 });
      if (filter) assert.equal((await reading).text, 'script: a.ts\n');
      else await assert.rejects(reading, { code: 'clone-too-large' });
      assert.equal((await read(repo.url)).text, 'script: a.ts\n');
    }
    await using old = await startGitServer({ protocolV2: false });
    const repo = await old.createRepo('shop', { [FILE]: 'script: a.ts\n' }, { anySha: false, filter: false });
    assert.equal((await read(repo.url)).text, 'script: a.ts\n');
    assert.equal((await read(`file://${repo.dir}`)).text, 'script: a.ts\n');
  });

  it('gives null when there is none', async () => {
    const repo = await server.createRepo('none', { 'sub/.marteau.yml': 'x' });
    const found = await read(repo.url);
    assert.deepEqual([found.text, found.paths], [null, ['sub/.marteau.yml']]);
  });

  it('refuses what is no small text file', async () => {
    const large = await server.createRepo('odd-large', { [FILE]: 'x'.repeat(32 * 1024 + 1) });
    assert.match(await failure(large.url), /^marteau-file-too-large: .* larger than 32 KB/);
    const exact = await server.createRepo('odd-exact', { [FILE]: 'x'.repeat(32 * 1024) });
    assert.equal((await read(exact.url)).text?.length, 32 * 1024);
    const folder = await server.createRepo('odd-folder', { [`${FILE}/x`]: '1' });
    assert.match(await failure(folder.url), /^marteau-file-folder/);
    const link = await server.createRepo('odd-link', { 'real.yml': 'script: a.ts\n' });
    await symlink('real.yml', join(link.dir, FILE));
    await link.commit({});
    assert.match(
      await failure(link.url),
      /^marteau-file-symlink: .*symbolic link, which Marteau does not follow/,
    );
    const latin = await server.createRepo('odd-latin', {});
    await writeFile(join(latin.dir, FILE), Buffer.from('script: \xfc.ts\n', 'latin1'));
    await latin.commit({});
    assert.match(await failure(latin.url), /^marteau-file-not-text: .* not UTF-8/);
  });

  it('says what a clone would say', async () => {
    assert.match(await failure(`${server.url}/nothing.git`), /^clone-not-found/);
    assert.match(await failure((await server.createRepo('empty', {})).url), /^clone-empty/);
    const repo = await server.createRepo('refs', { [FILE]: 'script: a.ts\n' });
    assert.match(await failure(repo.url, 'mian'), /^ref-unknown: .* Its branches are main\./);
  });

  it('leaves no folder behind', async () => {
    const repo = await server.createRepo('tidy', { [FILE]: 'script: a.ts\n' });
    await using temp = await createTempFolder();
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temp.path;
    try {
      await read(repo.url);
      await failure(repo.url, 'nothing');
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    assert.deepEqual(await readdir(temp.path), []);
  });
});
