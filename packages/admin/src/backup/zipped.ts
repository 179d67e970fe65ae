import { createGzip } from 'node:zlib';
import type { Shelf } from '@marteau/store';

/** A gzipped file that is written piece by piece, and appears on the shelf once it is finished. */
export interface Zipped {
  /** @throws what storing it throws: 'disk-full', 'bucket-…' */
  write(bytes: Uint8Array): Promise<void>;
  /** @returns bytes */
  finish(): Promise<number>;
  /** Nothing of it stays. */
  drop(): Promise<void>;
}

/** Reports are text: the fastest level makes them a fifth, and costs less than reading them. */
const LEVEL = 1;
/** Each piece costs a way to another thread and back. */
const AT_ONCE_BYTES = 256 * 1024;

export function writeZipped(shelf: Shelf, name: string): Zipped {
  const gzip = createGzip({ level: LEVEL });
  const stored = shelf.put(name, gzip);
  stored.catch(() => gzip.destroy());
  gzip.on('error', () => {}); // told by `stored`
  let held: Uint8Array[] = [];
  let size = 0;
  async function flush(): Promise<void> {
    const bytes = Buffer.concat(held);
    held = [];
    size = 0;
    try {
      await new Promise<void>((done, failed) =>
        gzip.write(bytes, (error) => (error ? failed(error) : done())),
      );
    } catch (error) {
      await stored;
      throw error;
    }
  }
  return {
    async write(bytes) {
      held.push(bytes);
      size += bytes.byteLength;
      if (size >= AT_ONCE_BYTES) await flush();
    },
    async finish() {
      await flush();
      gzip.end();
      return stored;
    },
    async drop() {
      gzip.destroy(new Error('it is not wanted any more'));
      await stored.catch(() => {});
    },
  };
}
