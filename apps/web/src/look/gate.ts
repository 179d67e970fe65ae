import { MarteauError } from '@marteau/shared';

/** Lets so many do something at once and so many wait; the rest are refused. */
export interface Gate {
  /** @throws 'too-busy-to-look' when all places to wait are taken */
  through<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(atOnce: number, waiting: number): Gate {
  let free = atOnce;
  const line: (() => void)[] = [];

  return {
    async through(work) {
      if (free > 0) free -= 1;
      else if (line.length < waiting) await new Promise<void>((resolve) => line.push(resolve));
      else throw new MarteauError('too-busy-to-look', {});
      try {
        return await work();
      } finally {
        const next = line.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}
