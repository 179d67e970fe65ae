import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { HAR_END, HAR_START, writeEntry, writeHar } from '../har/write-har.ts';
import { writePair, writeRec } from '../rec/write-rec.ts';
import type { Exchange } from '../tape/exchange.ts';
import { LARGEST_TAPE, readTape } from '../tape/read-tape.ts';
import { lockTape } from './lock.ts';

/** Writes exchanges to a file as they come. Each is written whole and at once, so that a killed recorder leaves a readable file. */
export interface TapeWriter {
  /** False: the tape is full, and the exchange is not on it. @throws as the disk does, and leaves the tape as it was */
  write(exchange: Exchange): boolean;
  close(): void;
}

/**
 * Opens a tape for recording: a .har by its name, else a .rec.
 * @param fresh begins anew with the first exchange, and not before; else what is there stays
 * @param largest bytes of a tape that can still be read
 * @throws tape-busy when another recorder has it
 */
export function openTapeWriter(
  file: string,
  { fresh, largest = LARGEST_TAPE }: { fresh: boolean; largest?: number },
): TapeWriter {
  mkdirSync(dirname(file), { recursive: true });
  const unlock = lockTape(file);
  const placed = /\.har$/i.test(file) ? placedEntry : placedPair;
  if (!fresh) makeAppendable(file);
  let handle: number | null = null;
  return {
    write(exchange) {
      handle ??= openSync(file, fresh || !existsSync(file) ? 'w+' : 'r+');
      const { size } = fstatSync(handle);
      const { bytes, position } = placed(exchange, size);
      if (position + bytes.length > largest) return false;
      try {
        writeAll(handle, bytes, position);
      } catch (error) {
        restoreEnd(handle, size, position);
        throw error;
      }
      return true;
    },
    close() {
      if (handle !== null) closeSync(handle);
      handle = null;
      unlock();
    },
  };
}

/** What is to be written, and where. */
interface Placed {
  bytes: Buffer;
  position: number;
}

function placedPair(exchange: Exchange, size: number): Placed {
  const pair = writePair(exchange);
  return { bytes: size === 0 ? pair : Buffer.concat([Buffer.from('\n'), pair]), position: size };
}

function placedEntry(exchange: Exchange, size: number): Placed {
  const entry = writeEntry(exchange) + HAR_END;
  return size <= HAR_START.length + HAR_END.length
    ? { bytes: Buffer.from(HAR_START + entry), position: 0 }
    : { bytes: Buffer.from(`,\n${entry}`), position: size - HAR_END.length };
}

/** Takes back what was written of an exchange for which the disk had no room. */
function restoreEnd(handle: number, size: number, position: number): void {
  ftruncateSync(handle, position);
  if (position > 0 && size > position) writeSync(handle, HAR_END, position);
}

function writeAll(handle: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at, position + at);
}

/** What somebody else wrote, or a killed recorder left, gets an end at which exchanges can be added. */
function makeAppendable(file: string): void {
  if (!existsSync(file)) return;
  const isHar = /\.har$/i.test(file);
  const end = isHar ? HAR_END : '\n';
  if (readFileSync(file).subarray(-end.length).toString() === end) return;
  const { exchanges } = readTape(file);
  const temporary = `${file}.new`;
  writeFileSync(temporary, isHar ? writeHar(exchanges) : writeRec(exchanges));
  renameSync(temporary, file);
}
