// node scripts/pack/pack.ts FILE: the same package as `npm pack -w marteau` writes, without a change to apps/cli. A server
// offers it to whoever installs the command. The same sources give the same bytes, so that lock files hold.
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { create } from 'tar';
import { layOut } from './lay-out.ts';
import { CLI, root } from './places.ts';

process.umask(0o022);
const file = resolve(process.argv[2] ?? 'marteau.tgz');
const work = mkdtempSync(join(tmpdir(), 'marteau-pack-'));
try {
  const folder = join(work, 'package');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(layOut(join(folder, 'dist')), null, 2));
  cpSync(join(root, CLI, 'README.md'), join(folder, 'README.md'));
  const files = globSync('package/**', { cwd: work, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(work.length + 1))
    .sort();
  await create({ cwd: work, file, gzip: true, portable: true, mtime: new Date(0), jobs: 1 }, files);
} finally {
  rmSync(work, { recursive: true });
}
