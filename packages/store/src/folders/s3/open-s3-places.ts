import type { Places } from '../open-folders.ts';
import type { BucketAddress } from './address.ts';
import { type Bucket, openBucket } from './bucket.ts';
import { createS3Folders } from './s3-folders.ts';
import { createS3Trees } from './s3-trees.ts';

/** Written at every start; nobody reads it. */
const PROBE = 'written-at-start';

/** Opens a bucket after trying all that will be done with it, so that what is missing is known before the first run. */
export async function openS3Places(address: BucketAddress): Promise<Places> {
  const bucket = openBucket(address);
  try {
    await tryOut(bucket);
  } catch (error) {
    bucket.close();
    throw error;
  }
  const name = `s3://${address.bucket}/${address.prefix}`;
  // Machines may reach one bucket by different endpoints.
  const id = async () => name;
  const folders = createS3Folders(bucket);
  return { folders, trees: createS3Trees(bucket), name, id, makeId: id, close: bucket.close };
}

async function tryOut(bucket: Bucket): Promise<void> {
  await bucket.folders('');
  await bucket.put(PROBE, new Date().toISOString());
  await (await bucket.get(PROBE))?.stream.toArray();
  await bucket.remove([PROBE]);
}
