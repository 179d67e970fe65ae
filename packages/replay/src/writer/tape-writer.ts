import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { harEnd, harStart, writeEntry, writeHar } from '../har/write-har.ts';
import { writePair, writeRec } from '../rec/write-rec.ts';
import type { Exchange } from '../tape/exchange.ts';
import { readTape } from '../tape/read-tape.ts';
import { lockTape } from './lock.ts';

/** Writes exchanges to a file as they come. Each is written whole and at once, so that a killed recorder leaves a readable file. */
export interface TapeWriter {
  write(exchange: Exchange): void;
  close(): void;
}

/**
 * Opens a tape for recording: a .har by its name, else a .rec.
 * @param fresh begins anew with the first exchange, and not before; else what is there stays
 * @throws tape-busy when another recorder has it
 */
export function openTapeWriter(file: string, { fresh }: { fresh: boolean }): TapeWriter {
  mkdirSync(dirname(file), { recursive: true });
  const unlock = lockTape(file);
  const append = /\.har$/i.test(file) ? appendEntry : appendPair;
  if (!fresh) makeAppendable(file);
  let handle: number | null = null;
  return {
    write(exchange) {
      handle ??= openSync(file, fresh || !existsSync(file) ? 'w+' : 'r+');
      append(handle, exchange);
    },
    close() {
      if (handle !== null) closeSync(handle);
      handle = null;
      unlock();
    },
  };
}

function appendPair(handle: number, exchange: Exchange): void {
  const { size } = fstatSync(handle);
  const pair = writePair(exchange);
  writeAll(handle, size === 0 ? pair : Buffer.concat([Buffer.from('\n'), pair]), size);
}

function appendEntry(handle: number, exchange: Exchange): void {
  const { size } = fstatSync(handle);
  const entry = writeEntry(exchange) + harEnd;
  if (size <= harStart.length + harEnd.length) writeAll(handle, Buffer.from(harStart + entry), 0);
  else writeAll(handle, Buffer.from(`,\n${entry}`), size - harEnd.length);
}

function writeAll(handle: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at, position + at);
}

/** What somebody else wrote, or a killed recorder left, gets an end at which exchanges can be added. */
function makeAppendable(file: string): void {
  if (!existsSync(file)) return;
  const isHar = /\.har$/i.test(file);
  const end = isHar ? harEnd : '\n';
  if (readFileSync(file).subarray(-end.length).toString() === end) return;
  const { exchanges } = readTape(file);
  const temporary = `${file}.new`;
  writeFileSync(temporary, isHar ? writeHar(exchanges) : writeRec(exchanges));
  renameSync(temporary, file);
}
