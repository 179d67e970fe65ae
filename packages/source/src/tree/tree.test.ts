import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { isMarteauError } from '@marteau/shared';
import { createTempFolder } from '@marteau/testkit';
import { Header } from 'tar';
import { packTree } from './pack.ts';
import { unpackTree } from './unpack.ts';

const run = promisify(execFile);
const limits = { maxBytes: 10_000_000, maxEntries: 1000 };
const { signal } = new AbortController();

async function write(root: string, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** All paths with their content, or where they lead. */
async function contents(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (entry.isDirectory()) found[`${name}/`] = '';
    else found[name] = entry.isSymbolicLink() ? `-> ${await readlink(path)}` : await readFile(path, 'utf8');
  }
  return found;
}

/** An archive of entries that no packer of ours would write. */
async function forge(
  file: string,
  entries: { path: string; type?: string; linkpath?: string; body?: string; mode?: number }[],
) {
  const blocks = entries.flatMap(({ path, type = 'File', linkpath, body = '', mode = 0o644 }) => {
    const header = new Header({
      path,
      type: type as 'File',
      size: body.length,
      mode,
      ...(linkpath ? { linkpath } : {}),
    });
    header.encode();
    return [header.block!, Buffer.from(body), Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  const archive = gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
  await writeFile(file, archive);
  return createHash('sha256').update(archive).digest('hex');
}

describe('packTree and unpackTree', () => {
  it('bring every file over, with its mode', async () => {
    await using temp = await createTempFolder();
    const [dir, into, archive] = [join(temp.path, 'a'), join(temp.path, 'b'), join(temp.path, 'tree.tgz')];
    const files = {
      '.marteau.yml': 'script: x\n',
      '@odd': 'at',
      'sub dir/ünïcode\n.txt': 'x',
      [`deep/${'long-name-'.repeat(15)}/f`]: 'y',
      'back\\slash': 'z',
      empty: '',
      big: 'b'.repeat(3_000_000),
    };
    await write(dir, files);
    await mkdir(join(dir, 'empty folder'));
    await writeFile(join(dir, 'run.sh'), '#!/bin/sh\n', { mode: 0o700 });
    await symlink('sub dir/../empty', join(dir, 'inner'));
    const packed = await packTree({ dir, into: archive, signal, ...limits });
    assert.equal(
      packed.sha256,
      createHash('sha256')
        .update(await readFile(archive))
        .digest('hex'),
    );
    assert.equal(packed.bytes, (await stat(archive)).size);
    assert.deepEqual(packed.warnings, []);
    await unpackTree({ archive, sha256: packed.sha256, into, signal, ...limits });
    assert.deepEqual(await contents(into), await contents(dir));
    assert.equal((await stat(join(into, 'run.sh'))).mode & 0o777, 0o755);
    assert.equal((await stat(join(into, 'empty'))).mode & 0o777, 0o644);
    assert.equal(packed.entries, Object.keys(await contents(dir)).length);
  });

  it('give the same files the same address, whenever, wherever and however they were checked out', async () => {
    await using temp = await createTempFolder();
    const pack = async (name: string) =>
      (
        await packTree({
          dir: join(temp.path, name),
          into: join(temp.path, `${name}.tgz`),
          signal,
          ...limits,
        })
      ).sha256;
    await write(join(temp.path, 'one'), { 'a/b': '1', c: '2', 'z/y': '2' });
    await write(join(temp.path, 'two'), { 'z/y': '2', '.git/config': 'secret' });
    await link(join(temp.path, 'two/z/y'), join(temp.path, 'two/c'));
    await write(join(temp.path, 'two'), { 'a/b': '1' });
    await chmod(join(temp.path, 'two/c'), 0o600);
    await utimes(join(temp.path, 'two/c'), 1, 1);
    assert.equal(await pack('one'), await pack('two'));
    await chmod(join(temp.path, 'two/c'), 0o700);
    assert.notEqual(await pack('one'), await pack('two'));
  });

  it('leave out what is no file of the project, and say so', async () => {
    await using temp = await createTempFolder();
    const dir = join(temp.path, 'a');
    await write(dir, { 'sub/a': '1' });
    await symlink('/etc/passwd', join(dir, 'absolute'));
    await symlink('../../outside', join(dir, 'sub/up'));
    await run('mkfifo', [join(dir, 'pipe')]);
    await writeFile(Buffer.concat([Buffer.from(join(dir, 'caf')), Buffer.from([0xe9])]), 'Latin-1');
    const packed = await packTree({ dir, into: join(temp.path, 'x.tgz'), signal, ...limits });
    assert.deepEqual(packed.warnings, [
      'absolute was left out: it is a symbolic link out of the project (to /etc/passwd).',
      'caf\ufffd was left out: its name is no UTF-8.',
      'pipe was left out: it is neither a file nor a folder.',
      'sub/up was left out: it is a symbolic link out of the project (to ../../outside).',
    ]);
    assert.equal(packed.entries, 2);
  });

  it('keep to the limits', async () => {
    await using temp = await createTempFolder();
    const [dir, archive] = [join(temp.path, 'a'), join(temp.path, 'x.tgz')];
    await write(dir, { a: 'x'.repeat(1000), b: 'x'.repeat(1000) });
    const pack = (more: object) => packTree({ dir, into: archive, signal, ...limits, ...more });
    await assert.rejects(pack({ maxBytes: 1999 }), {
      code: 'tree-too-large',
      message: /larger than 2.00 kB/,
    });
    await assert.rejects(pack({ maxEntries: 1 }), { code: 'tree-too-many-files' });
    await assert.rejects(pack({ signal: AbortSignal.abort(new Error('cancelled')) }), /cancelled/);
    assert.deepEqual(await readdir(temp.path), ['a']);
    const { sha256 } = await pack({});
    const unpack = (more: object) =>
      unpackTree({ archive, sha256, into: join(temp.path, 'b'), signal, ...limits, ...more });
    await assert.rejects(unpack({ maxBytes: 1999 }), { code: 'tree-too-large' });
    await assert.rejects(unpack({ maxEntries: 1 }), { code: 'tree-too-many-files' });
    await assert.rejects(unpack({ sha256: 'f'.repeat(64) }), {
      code: 'tree-damaged',
      message: /not what its address says/,
    });
    await assert.rejects(unpack({ signal: AbortSignal.abort(new Error('cancelled')) }), /cancelled/);
    assert.deepEqual((await readdir(temp.path)).sort(), ['a', 'x.tgz']);
  });

  it('pack an empty folder', async () => {
    await using temp = await createTempFolder();
    await mkdir(join(temp.path, 'a'));
    const [archive, into] = [join(temp.path, 'x.tgz'), join(temp.path, 'b')];
    const { sha256, entries } = await packTree({
      dir: join(temp.path, 'a'),
      into: archive,
      signal,
      ...limits,
    });
    await unpackTree({ archive, sha256, into, signal, ...limits });
    assert.deepEqual([entries, await readdir(into)], [0, []]);
  });
});

describe('unpackTree', () => {
  const hostile: [string, Parameters<typeof forge>[1], RegExp][] = [
    ['an absolute path', [{ path: '/tmp/marteau-evil' }], /"\/tmp\/marteau-evil", which lies outside/],
    ['a path that climbs out', [{ path: 'a/../../evil' }], /lies outside/],
    [
      'an absolute link',
      [{ path: 'a', type: 'SymbolicLink', linkpath: '/etc/passwd' }],
      /a symbolic link out of the project/,
    ],
    [
      'a link that climbs out',
      [{ path: 'a/b', type: 'SymbolicLink', linkpath: '../../x' }],
      /a symbolic link out of the project/,
    ],
    [
      'a file through a link',
      [{ path: 'a', type: 'SymbolicLink', linkpath: 'b' }, { path: 'a/x' }],
      /inside of a file or link/,
    ],
    ['a file twice', [{ path: 'a' }, { path: './a' }], /twice/],
    [
      'a hard link',
      [{ path: 'a' }, { path: 'b', type: 'Link', linkpath: 'a' }],
      /neither a file nor a folder \(Link\)/,
    ],
    ['a device', [{ path: 'null', type: 'CharacterDevice' }], /CharacterDevice/],
    ['a pipe', [{ path: 'pipe', type: 'FIFO' }], /FIFO/],
    ['a set-uid file', [{ path: 'a', mode: 0o4755 }], /special permissions/],
    ['a path of great depth', [{ path: 'a/'.repeat(101) }], /more than 100 folders deep/],
    ['control characters', [{ path: '../\u001b[31m' }], /"\.\.\/\ufffd\[31m"/],
  ];
  for (const [what, entries, why] of hostile) {
    it(`refuses ${what} and writes nothing`, async () => {
      await using temp = await createTempFolder();
      const archive = join(temp.path, 'x.tgz');
      const sha256 = await forge(archive, [{ path: 'good', body: 'x' }, ...entries]);
      await assert.rejects(
        unpackTree({ archive, sha256, into: join(temp.path, 'b'), signal, ...limits }),
        (error) => {
          assert.ok(isMarteauError(error, 'tree-refused'), String(error));
          assert.match(error.message, why);
          return true;
        },
      );
      assert.deepEqual(await readdir(temp.path), ['x.tgz']);
    });
  }

  it('refuses an archive that unpacks to far more than it is', async () => {
    await using temp = await createTempFolder();
    const archive = join(temp.path, 'x.tgz');
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    await writeFile(archive, bomb);
    const sha256 = createHash('sha256').update(bomb).digest('hex');
    await assert.rejects(unpackTree({ archive, sha256, into: join(temp.path, 'b'), signal, ...limits }), {
      code: 'tree-damaged',
    });
  });

  it('refuses what is no archive, and a part of one', async () => {
    await using temp = await createTempFolder();
    const archive = join(temp.path, 'x.tgz');
    await forge(archive, [{ path: 'a', body: 'x'.repeat(100_000) }]);
    const whole = await readFile(archive);
    for (const bytes of [
      Buffer.from('this is no archive'),
      Buffer.alloc(0),
      whole.subarray(0, whole.length >> 1),
      gzipSync('text'.repeat(1000)),
    ]) {
      await writeFile(archive, bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await assert.rejects(unpackTree({ archive, sha256, into: join(temp.path, 'b'), signal, ...limits }), {
        code: 'tree-damaged',
      });
      assert.deepEqual(await readdir(temp.path), ['x.tgz']);
    }
  });
});
