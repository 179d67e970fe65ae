import { inflateRawSync } from 'node:zlib';
import { PROTOCOL, ProtocolError, TOO_BIG } from './protocol-error.ts';

/** How far back a compressed message may refer, bytes. */
const WINDOW = 32 * 1024;
/** Ends every message, and is left out on the way (RFC 7692, 7.2.1). */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
/** The sync flush that the tail is; `constants.Z_SYNC_FLUSH`. */
const SYNC_FLUSH = 2;

/**
 * Unfolds one compressed message. A socket keeps no inflater between messages, which would cost it 50 KB while it is
 * idle, but the end of what was unfolded before.
 * @param window of the message before; null for none
 * @throws ProtocolError for what is not compressed, or unfolds to more than `most` bytes
 */
export function inflate(
  payload: Buffer,
  window: Buffer | null,
  most: number,
): { readonly bytes: Buffer; readonly window: Buffer } {
  const options = { finishFlush: SYNC_FLUSH, maxOutputLength: most, ...(window && { dictionary: window }) };
  try {
    const bytes = inflateRawSync(Buffer.concat([payload, TAIL]), options);
    return { bytes, window: lastOf(window, bytes) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new ProtocolError(TOO_BIG, `a message unfolds to more than ${most / 1024 / 1024} MB`);
    throw new ProtocolError(PROTOCOL, `a message cannot be unfolded: ${(error as Error).message}`);
  }
}

function lastOf(window: Buffer | null, bytes: Buffer): Buffer {
  if (bytes.length >= WINDOW || window === null) return Buffer.from(bytes.subarray(-WINDOW));
  return Buffer.concat([window, bytes]).subarray(-WINDOW);
}
