import { RUN_ID_PATTERN } from '@marteau/shared';
import { checkRunId, type FileInfo, type Folders, nameParts, type RunFolder } from '../folders.ts';
import type { Bucket, StoredObject } from './bucket.ts';

const ROOT = 'runs/';
/** By it an emptied Redis knows a run: it goes first, so that half a folder is never taken for a run. */
const RECORD = 'run.json';

/** The folders of all runs in a bucket: `runs/RUN/…`. */
export function createS3Folders(bucket: Bucket): Folders {
  return {
    of: (runId) => createS3Folder(bucket, `${ROOT}${checkRunId(runId)}/`),
    list: async () => (await bucket.folders(ROOT)).filter((name) => RUN_ID_PATTERN.test(name)),
    async sizes() {
      const sizes = new Map<string, number>();
      for await (const { key, size } of bucket.list(ROOT)) {
        const id = key.slice(ROOT.length, key.indexOf('/', ROOT.length));
        sizes.set(id, (sizes.get(id) ?? 0) + size);
      }
      return sizes;
    },
    async remove(runId) {
      const folder = `${ROOT}${checkRunId(runId)}/`;
      await bucket.remove([folder + RECORD]);
      await removeBelow(bucket, folder);
    },
  };
}

function createS3Folder(bucket: Bucket, folder: string): RunFolder {
  const keyOf = (name: string): string => folder + nameParts(name).join('/');
  const info = ({ key, size, modifiedAt }: StoredObject): FileInfo => ({
    name: key.slice(folder.length),
    size,
    modifiedAt,
  });

  return {
    async put(name, data) {
      return { name, size: await bucket.put(keyOf(name), data), modifiedAt: new Date() };
    },
    async open(name, range) {
      const file = await bucket.get(keyOf(name), range);
      return file && { ...info(file), stream: file.stream };
    },
    async text(name) {
      const file = await bucket.get(keyOf(name));
      return file && Buffer.concat(await file.stream.toArray()).toString('utf8');
    },
    async list() {
      const files: FileInfo[] = [];
      for await (const object of bucket.list(folder)) files.push(info(object));
      return files;
    },
    async remove(name) {
      const key = keyOf(name);
      await bucket.remove([key]);
      await removeBelow(bucket, `${key}/`);
    },
  };
}

async function removeBelow(bucket: Bucket, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of bucket.list(prefix)) keys.push(key);
  await bucket.remove(keys);
}
