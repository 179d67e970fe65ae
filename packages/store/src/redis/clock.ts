import type { Redis } from 'ioredis';

export interface ClockReading {
  /** This machine's clock minus Redis's, ms. */
  offset: number;
  /** The shortest round trip of the samples, ms: half of it bounds the error of the offset. */
  roundTrip: number;
}

/** Redis's clock, the only one that counts, seen from this machine. */
export interface Clock {
  /** ms since 1970 on Redis's clock, as well as it is known. */
  now(): number;
  /** The same in whole ms, later every time it is asked: for ids, which sort in the order they were given. */
  nextMoment(): number;
  /** Compares the clocks anew. */
  measure(samples?: number): Promise<ClockReading>;
  readonly reading: ClockReading | null;
}

/** Of several samples the one with the shortest round trip is the truest (Cristian's algorithm). */
export function createClock(redis: Redis): Clock {
  let reading: ClockReading | null = null;
  let moment = 0;
  const now = (): number => Date.now() - (reading?.offset ?? 0);
  return {
    now,
    nextMoment() {
      moment = Math.max(Math.floor(now()), moment + 1);
      return moment;
    },
    get reading() {
      return reading;
    },
    async measure(samples = 5) {
      let best: ClockReading | null = null;
      for (let i = 0; i < samples; i++) {
        const wall = Date.now();
        const begin = performance.now();
        const [seconds, micros] = (await redis.time()) as [number, number];
        const roundTrip = performance.now() - begin;
        const theirs = Number(seconds) * 1000 + Number(micros) / 1000;
        if (!best || roundTrip < best.roundTrip) best = { offset: wall + roundTrip / 2 - theirs, roundTrip };
      }
      reading = best!;
      return reading;
    },
  };
}
