import { randomFillSync } from 'node:crypto';
import type { Socket } from 'node:net';
import { writeAtOnce } from '@marteau/net';

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const FINAL = 0x80;
const MASKED = 0x80;
/** Masks are drawn by the thousand. */
const masks = Buffer.allocUnsafeSlow(4096);
let nextMask = masks.length;

/**
 * One frame as a client sends it: final, masked with four bytes that nobody can foretell (RFC 6455, 5.3).
 * @param payload text is sent as UTF-8
 */
export function frameOf(opcode: number, payload: string | Uint8Array): Buffer {
  const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  const headLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const start = headLength + 4;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = FINAL | opcode;
  if (headLength === 2) frame[1] = MASKED | length;
  else if (headLength === 4) {
    frame[1] = MASKED | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = MASKED | 127;
    frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    frame.writeUInt32BE(length % 2 ** 32, 6);
  }
  if (typeof payload === 'string') frame.write(payload, start, 'utf8');
  else frame.set(payload, start);
  if (nextMask === masks.length) {
    randomFillSync(masks);
    nextMask = 0;
  }
  masks.copy(frame, headLength, nextMask, nextMask + 4);
  mask(frame, start, nextMask);
  nextMask += 4;
  return frame;
}

function mask(frame: Buffer, start: number, at: number): void {
  const a = masks[at]!;
  const b = masks[at + 1]!;
  const c = masks[at + 2]!;
  const d = masks[at + 3]!;
  const { length } = frame;
  let i = start;
  for (; i + 3 < length; i += 4) {
    frame[i]! ^= a;
    frame[i + 1]! ^= b;
    frame[i + 2]! ^= c;
    frame[i + 3]! ^= d;
  }
  if (i < length) frame[i]! ^= a;
  if (i + 1 < length) frame[i + 1]! ^= b;
  if (i + 2 < length) frame[i + 2]! ^= c;
}

export function sendFrame(socket: Socket, opcode: number, payload: string | Uint8Array): void {
  writeFrame(socket, frameOf(opcode, payload));
}

export function writeFrame(socket: Socket, frame: Buffer): void {
  if (writeAtOnce(socket, frame) === 'refused') socket.write(frame);
}
