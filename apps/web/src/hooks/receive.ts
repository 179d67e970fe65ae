import type { Readable } from 'node:stream';
import type { Proof } from '@marteau/forge';
import { MarteauError } from '@marteau/shared';

/** What GitHub and GitLab send at most. */
const MOST_BYTES = 25 * 1024 * 1024;
const MOST_IN_FLIGHT = 64 * 1024 * 1024;

/** Bodies of hooks that are held in memory at once, of all calls. */
export interface Inflow {
  /**
   * Reads a body and proves it as it comes. Nothing is read of one whose size is said to be too large, or for which there
   * is no room.
   * @param length what its header says, in bytes; null where it says nothing
   * @throws MarteauError hook-too-large, hooks-busy, unsigned-hook
   */
  read(body: Readable, proof: Proof, length: number | null): Promise<Buffer>;
}

export function createInflow(mostInFlight = MOST_IN_FLIGHT): Inflow {
  let held = 0;
  return {
    async read(body, proof, length) {
      const tooLarge = () => new MarteauError('hook-too-large', { limit: '25 MB' });
      if ((length ?? 0) > MOST_BYTES) throw tooLarge();
      let reserved = length ?? 0;
      if (held + reserved > mostInFlight) throw new MarteauError('hooks-busy', {});
      held += reserved;
      try {
        const chunks: Buffer[] = [];
        let size = 0;
        // Destroyed, it would take the answer with it; Node throws away what is left.
        for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
          size += chunk.length;
          if (size > MOST_BYTES) throw tooLarge();
          if (size > reserved) {
            const more = size - reserved;
            if (held + more > mostInFlight) throw new MarteauError('hooks-busy', {});
            held += more;
            reserved = size;
          }
          proof.update(chunk);
          chunks.push(chunk);
        }
        if (!proof.holds()) throw new MarteauError('unsigned-hook', {});
        return Buffer.concat(chunks);
      } finally {
        held -= reserved;
      }
    },
  };
}
