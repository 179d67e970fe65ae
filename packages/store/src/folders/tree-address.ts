import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MarteauError } from '@marteau/shared';

const address = /^sha256-[0-9a-f]{64}$/;

/** @throws 'bad-file-name' for what is no tree's address */
export function checkTree(tree: string): string {
  if (!address.test(tree)) throw new MarteauError('bad-file-name', { name: tree.slice(0, 200) });
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
