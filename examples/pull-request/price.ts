import { setTimeout as sleep } from 'node:timers/promises';

/** The warehouse is asked, which takes its time. */
export async function priceOf(thing: string): Promise<number> {
  await sleep(50);
  return thing.length;
}
