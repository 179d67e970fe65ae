import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { MarteauError } from '@marteau/shared';

/** The same bytes; fails at their end where they are others than those that were backed up. @param sha256 hex */
export function checked(bytes: AsyncIterable<Uint8Array>, sha256: string, what: string): Readable {
  async function* check() {
    const hash = createHash('sha256');
    for await (const chunk of bytes) {
      hash.update(chunk);
      yield chunk;
    }
    if (hash.digest('hex') !== sha256)
      throw new MarteauError('backup-damaged', {
        what,
        detail: 'its bytes are not those that were backed up',
      });
  }
  return Readable.from(check());
}
