import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { type Asked, askedOf, Deck, readTape } from '@marteau/replay';
import { body } from './roles.ts';

/** Writes a tape of so many pairs, each with a path of its own. */
export async function writeTape(file: string, pairs: number): Promise<void> {
  const out = createWriteStream(file);
  for (let i = 0; i < pairs; i++) {
    const pair = `POST /v1/items/${i}?lang=en HTTP/1.1\nHost: api.test\nAuthorization: Bearer XXX\nContent-Length: XXX\n\nid=${i}&token=XXX\n\n200 OK\nContent-Type: application/json\nContent-Length: ${body.length}\n\n${body}\n\n`;
    if (!out.write(pair)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

/** Seconds of processor time until a tape can be played. */
export function loadTape(file: string): { deck: Deck; seconds: number } {
  const before = process.cpuUsage();
  const deck = new Deck(readTape(file).exchanges, { repeats: 'cycle' });
  const { user, system } = process.cpuUsage(before);
  return { deck, seconds: (user + system) / 1e6 };
}

/**
 * Nanoseconds of processor time to find one recording; the same ten requests for every tape. Of this thread alone: others
 * still clear up what loading the tape has left.
 */
export function matchCost(deck: Deck): number {
  const asked = Array.from({ length: 10 }, (_, i) => askFor(i));
  for (const each of asked)
    if (deck.find(each) === null) throw new Error('the tape does not hold what is asked');
  const times = 200_000;
  for (let i = 0; i < times / 4; i++) deck.find(asked[i % asked.length]!); // the compiler's time is not the match's
  const before = process.threadCpuUsage();
  for (let i = 0; i < times; i++) deck.find(asked[i % asked.length]!);
  const { user, system } = process.threadCpuUsage(before);
  return ((user + system) * 1000) / times;
}

function askFor(i: number): Asked {
  return askedOf({
    method: 'POST',
    origin: null,
    target: `/v1/items/${i}?lang=en`,
    headers: [
      ['Host', 'x'],
      ['Authorization', 'Bearer abc'],
    ],
    body: Buffer.from(`id=${i}&token=secret`),
  });
}
