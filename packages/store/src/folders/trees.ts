import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MarteauError } from '@marteau/shared';

/** Packed trees, addressed by the SHA-256 of their bytes. */
export interface Trees {
  /** Keeps an archive. The same bytes twice are kept once. @throws 'disk-full' */
  put(archive: Readable): Promise<{ tree: string; size: number }>;
  /** Null when it is not (any more) here. Reading counts as use. The bytes are checked: the stream fails on damage. */
  get(tree: string): Promise<Readable | null>;
  has(tree: string): Promise<boolean>;
  /** Removes what was not used for `maxAgeMs`, then the least recently used until at most `maxBytes` are left. */
  expire(limits: { maxAgeMs: number; maxBytes: number }): Promise<{ removed: number; bytes: number }>;
}

const ADDRESS = /^sha256-[0-9a-f]{64}$/;

/** @throws 'bad-file-name' for what is no tree's address */
export function checkTree(tree: string): string {
  if (!ADDRESS.test(tree)) throw new MarteauError('bad-file-name', { name: tree.slice(0, 200) });
  return tree;
}

/** Fails at its end when the bytes are not those of the address. */
export function checked(source: Readable, tree: string): Readable {
  const hash = createHash('sha256');
  const check = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const same = `sha256-${hash.digest('hex')}` === tree;
      done(same ? null : new MarteauError('tree-damaged', { detail: `the bytes are not those of ${tree}` }));
    },
  });
  pipeline(source, check).catch(() => {}); // the reader of `check` gets the error
  return check;
}
