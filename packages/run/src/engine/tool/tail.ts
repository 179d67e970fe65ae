import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ForeignFileError, openForeignFile } from '@marteau/launch';
import { MarteauError } from '@marteau/shared';
import type { Reader } from '@marteau/tools';

const LOOK_EVERY_MS = 200;
const PART_BYTES = 1 << 18;

/** A file that a program writes and that is read as it grows. */
export interface Tail {
  /** The program has ended: resolves once all is read. @throws MarteauError tool-results-unusable */
  finish(): Promise<void>;
}

/**
 * Follows a file that may not be there yet.
 * @param find the file's path, once there is one
 * @param root a folder above it that no stranger can put anything in the place of
 */
export function tail(find: () => Promise<string | null>, root: string, reader: Reader): Tail {
  const ended = new AbortController();
  let name = '';
  const following = follow().catch((error: unknown) => {
    if (error instanceof ForeignFileError)
      throw new MarteauError('tool-results-unusable', { file: name, why: error.message });
    throw error;
  });
  following.catch(() => {}); // told by finish

  async function follow(): Promise<void> {
    let file: FileHandle | null = null;
    const part = Buffer.allocUnsafe(PART_BYTES);
    try {
      for (;;) {
        const isLast = ended.signal.aborted;
        if (file === null) {
          const path = await find();
          name = path ?? name;
          file = path === null ? null : await openForeignFile(path, root);
        }
        if (file !== null) await drain(file, part, reader);
        if (isLast) return;
        await sleep(LOOK_EVERY_MS, undefined, { signal: ended.signal }).catch(() => {});
      }
    } finally {
      await file?.close();
      reader.end();
    }
  }

  return {
    async finish() {
      ended.abort();
      await following;
    },
  };
}

async function drain(file: FileHandle, part: Buffer, reader: Reader): Promise<void> {
  for (;;) {
    const { bytesRead } = await file.read(part, 0, part.length);
    if (bytesRead === 0) return;
    reader.write(Buffer.from(part.subarray(0, bytesRead)));
  }
}
