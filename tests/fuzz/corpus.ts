import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { whatIsWrong } from './fuzz.ts';
import { counters, countOfBlocks } from './instrument.ts';
import type { Target } from './target.ts';

const FOLDER = join(import.meta.dirname, 'corpus');
/** Of one target's corpus: all of them together stay small. */
const MOST_BYTES = 24_000;
const MOST_INPUTS = 48;

/** The inputs that are kept for a target, by their files' names. */
export function readCorpus(name: string): Map<string, Buffer> {
  const folder = join(FOLDER, name);
  mkdirSync(folder, { recursive: true });
  return new Map(
    readdirSync(folder)
      .sort()
      .map((file) => [file, readFileSync(join(folder, file))]),
  );
}

/** Puts inputs into a corpus in the place of those that were there. */
export function writeCorpus(name: string, inputs: readonly Buffer[]): void {
  const folder = join(FOLDER, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const bytes of inputs)
    writeFileSync(join(folder, createHash('sha1').update(bytes).digest('hex').slice(0, 12)), bytes);
}

/** Few and short ones of inputs: as many as have room reach most of what all of them reach. */
export function smallest(target: Target, inputs: readonly Buffer[]): Buffer[] {
  const seen = new Set<number>();
  const kept: Buffer[] = [];
  let room = MOST_BYTES;
  let left = inputs.map((bytes) => ({ bytes, fresh: reached(target, bytes) }));
  while (kept.length < MOST_INPUTS && left.length > 0) {
    left = left
      .map(({ bytes, fresh }) => ({ bytes, fresh: fresh.filter((block) => !seen.has(block)) }))
      .filter(({ fresh }) => fresh.length > 0)
      .sort((a, b) => b.fresh.length - a.fresh.length || a.bytes.length - b.bytes.length);
    const next = left.shift();
    if (next === undefined) break;
    const short = shortened(target, next.bytes, next.fresh);
    if (short.length > room) continue;
    room -= short.length;
    kept.push(short);
    for (const block of reached(target, short)) seen.add(block);
  }
  // What came later may reach all that an earlier one was kept for.
  const reaches = kept.map((bytes) => reached(target, bytes));
  const times = new Uint32Array(countOfBlocks());
  for (const block of reaches.flat()) times[block]!++;
  return kept.filter((_, i) => {
    if (reaches[i]!.some((block) => times[block] === 1)) return true;
    for (const block of reaches[i]!) times[block]!--;
    return false;
  });
}

/** The blocks that an input reaches. */
function reached(target: Target, bytes: Buffer): number[] {
  whatIsWrong(target, bytes);
  const blocks: number[] = [];
  for (let block = 0; block < countOfBlocks(); block++) if (counters[block]! > 0) blocks.push(block);
  return blocks;
}

/** An input without whatever it needs not to reach some blocks. */
function shortened(target: Target, bytes: Buffer, blocks: readonly number[]): Buffer {
  let short = bytes;
  for (let length = bytes.length >> 1; length > bytes.length >> 7; length >>= 1) {
    for (let at = 0; at < short.length; ) {
      const tried = Buffer.concat([short.subarray(0, at), short.subarray(at + length)]);
      const isRight = whatIsWrong(target, tried) === null && blocks.every((block) => counters[block]! > 0);
      if (isRight) short = tried;
      else at += length;
    }
  }
  return short;
}
