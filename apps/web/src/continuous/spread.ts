import { createHash } from 'node:crypto';

/** Where in a span something of this name lies: always at the same place, and of many names everywhere. @param ms of the span */
export function offsetOf(name: string, ms: number): number {
  const number = createHash('sha256').update(`spread ${name}`).digest().readUInt32BE();
  return Math.floor((number / 2 ** 32) * ms);
}
