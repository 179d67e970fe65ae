import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { FileInfo, RunFolder } from '@marteau/store';
import { keepPart, writeConsoleFile } from './console-file.ts';

/** A run's folder in memory. */
function folderOf(files = new Map<string, string>()): RunFolder & { files: Map<string, string> } {
  const info = (name: string): FileInfo => ({ name, size: files.get(name)!.length, modifiedAt: new Date(0) });
  return {
    files,
    async put(name, data) {
      files.set(name, String(data));
      return info(name);
    },
    open: async (name) => ({ ...info(name), stream: Readable.from(files.get(name) ?? '') }),
    text: async (name) => files.get(name) ?? null,
    list: async () => [...files.keys()].map(info),
    remove: async (name) => void files.delete(name),
  };
}

test('puts the parts together in the order of the jobs', async () => {
  const folder = folderOf();
  for (const job of ['finalize-1', 'share-2-0', 'share-1-10', 'share-1-9', 'prepare-1'])
    await keepPart(folder, job, `${job}\n`);
  await keepPart(folder, 'prepare-2', '');
  await writeConsoleFile(folder);
  assert.equal(folder.files.get('console.log'), 'prepare-1\nshare-1-9\nshare-1-10\nshare-2-0\nfinalize-1\n');
  assert.equal(folder.files.size, 6);
});

test('loses no part that another share adds meanwhile', async () => {
  const folder = folderOf();
  await keepPart(folder, 'share-1-0', 'zero\n');
  const put = folder.put;
  folder.put = async (name, data) => {
    folder.put = put;
    await keepPart(folder, 'share-1-1', 'one\n');
    return put(name, data);
  };
  await writeConsoleFile(folder);
  assert.equal(folder.files.get('console.log'), 'zero\none\n');
});

test('writes nothing where nothing was printed', async () => {
  const folder = folderOf();
  await writeConsoleFile(folder);
  assert.equal(folder.files.size, 0);
});
