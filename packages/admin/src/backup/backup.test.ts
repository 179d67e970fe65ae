import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTempFolder } from '@marteau/testkit';
import { adminOn } from '../fixtures/admin-on.ts';

const runId = (n: number) => `r0000000${String(n).padStart(2, '0')}zzzzzzzzz`;

/** A data folder as a Marteau leaves it, with runs that have ended and one that has not. */
async function fillDataFolder(folder: string, runs: number): Promise<void> {
  const put = async (path: string, text: string) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  for (let n = 0; n < runs; n++) {
    const id = runId(n);
    const run = {
      v: 2,
      id,
      project: 'https://git.example.com/shop',
      submittedAt: '2026-11-21T09:30:00.000Z',
    };
    await put(`runs/${id}/report.html`, `<p>${n}</p>`.repeat(1000));
    await put(`runs/${id}/deep/er/data.bin`, 'x'.repeat(n * 700));
    await put(`runs/${id}/run.json`, JSON.stringify(run));
  }
  await put(`runs/${runId(98)}/work/run.json`, '{"on":"its way"}');
  await put(`runs/${runId(98)}/work/share-1-0.json`, '{}');
  await put('projects/p1.json', '{"v":1}');
  await put('hooks/p1.json', '{"secret":"geheim"}');
  await put('audit/2026-11-21.jsonl', '{"at":"now"}\n');
  await put('link.key', 'geheim');
  await put('npm-cache/thing', 'not kept');
}

async function filesOf(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[path.slice(folder.length + 1)] = await readFile(path, 'utf8');
  }
  return files;
}

const admin = (data: string, ...argv: string[]) => adminOn({ MARTEAU_DATA: data }, argv);

test('what is backed up twice is restored as it was at each time, keys only where that was asked for', async () => {
  await using temp = await createTempFolder();
  const [data, place] = [join(temp.path, 'data'), join(temp.path, 'back-up')];
  await fillDataFolder(data, 12);
  const first = await admin(data, 'backup', place);
  assert.equal(first.code, 0, first.said);
  assert.match(first.said, /39 files .* all of them new.*\nHooks, keys of the API and secrets are not in it/);
  const before = await filesOf(data);

  await rm(join(data, 'runs', runId(3)), { recursive: true });
  await writeFile(join(data, 'runs', runId(4), 'run.json'), '{"mails":"sent"}');
  const second = await admin(data, 'backup', place, '--with-keys');
  assert.match(second.said, /38 files .* 3 files of them new/);
  const after = await filesOf(data);

  const isSecret = (path: string) => /^(hooks\/|link\.key)/.test(path);
  const isKept = (path: string) => !/^npm-cache|\/work\/share/.test(path);
  const kept = (files: Record<string, string>, withKeys: boolean) =>
    Object.fromEntries(
      Object.entries(files).filter(([path]) => isKept(path) && (withKeys || !isSecret(path))),
    );
  const restored = join(temp.path, 'restored');
  const told = await admin(restored, 'restore', place);
  assert.equal(told.code, 0, told.said);
  assert.deepEqual(await filesOf(restored), kept(after, true));
  const again = await admin(restored, 'restore', place);
  assert.equal(again.code, 1);
  assert.match(again.said, /is not empty \(run r0.*npm run admin -- merge/);

  const [name] = (await readdir(place)).filter((file) => file.includes('manifest')).sort();
  const earlier = join(temp.path, 'earlier');
  const at = await admin(earlier, 'restore', place, '--at', name!.slice(0, 24));
  assert.match(at.said, /was made without --with-keys/);
  assert.deepEqual(await filesOf(earlier), kept(before, false));
});

test('a damaged archive is named, and a manifest that is cut off is passed over for the one before', async () => {
  await using temp = await createTempFolder();
  const [data, place] = [join(temp.path, 'data'), join(temp.path, 'back-up')];
  await fillDataFolder(data, 3);
  await admin(data, 'backup', place);
  await writeFile(join(data, 'projects/p2.json'), '{}');
  await admin(data, 'backup', place);
  const files = (await readdir(place)).sort();
  const newest = join(place, files.findLast((file) => file.includes('manifest'))!);
  await writeFile(newest, (await readFile(newest)).subarray(0, 200));
  const told = await admin(join(temp.path, 'one'), 'restore', place);
  assert.equal(told.code, 0, told.said);
  assert.match(told.said, /^The back-up .* is damaged: .*\n.*12 files/);

  const pack = join(place, files.find((file) => file.endsWith('.tar.gz'))!);
  const bytes = await readFile(pack);
  bytes[bytes.length >> 1]! ^= 0xff;
  await writeFile(pack, bytes);
  const broken = await admin(join(temp.path, 'two'), 'restore', place);
  assert.equal(broken.code, 1);
  assert.match(broken.said, /The archive .*tar\.gz of the folder .* is damaged|bytes are not those/);
});

test('what it is asked wrongly is answered with how it is asked', async () => {
  await using temp = await createTempFolder();
  assert.deepEqual((await admin(temp.path)).code, 2);
  assert.match((await admin(temp.path, 'backup')).said, /^Usage: npm run admin -- backup PLACE/);
  assert.match((await admin(temp.path, 'backup', 'x', '--all')).said, /Unknown option '--all'/);
  const none = await admin(temp.path, 'restore', join(temp.path, 'nothing'));
  assert.equal(none.code, 1);
  assert.match(none.said, /There is no back-up of Marteau in the folder/);
});
