import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { getSystemErrorName } from 'node:util';

/** What libuv is asked for a write with; it keeps only those that the kernel did not take at once. */
interface WriteRequest {
  /** Kept alive by it. */
  bytes?: Buffer;
  oncomplete(status: number): void;
}

/** What lies under a socket. */
interface Handle {
  /** @returns 0, or the negative number of an error */
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
}

/** What Node's own streams write with. */
interface StreamWrap {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: Int32Array;
  readonly kLastWriteWasAsync: number;
}

let streamWrap: StreamWrap | null | undefined;
/** One for all writes, until one has to be waited for. */
let request: WriteRequest | undefined;

/**
 * - `taken`: by the kernel, all of it; the bytes may be overwritten. (Or the socket has just been destroyed with the
 *   error of the write, as its stream would.)
 * - `waiting`: in order, for the other side to read on; the bytes are needed until then.
 * - `refused`: this one can only be written by its stream.
 */
export type Written = 'taken' | 'waiting' | 'refused';

/**
 * Writes bytes past the socket's stream, whose buffer, callbacks and tick cost more than the rest of their way out:
 * nearly always the kernel takes them at once. Refused is what is not connected yet, has bytes waiting in its stream,
 * or is TLS, where one write has to be over before the next, and all where Node does not show what is under its sockets.
 * @param taken called once bytes that had to wait were taken; not when the socket has failed or is closed meanwhile
 */
export function writeAtOnce(socket: Socket, bytes: Buffer, taken: () => void = nothing): Written {
  if (streamWrap === undefined) streamWrap = findStreamWrap();
  const handle = (socket as unknown as { _handle: Handle | null })._handle;
  if (!streamWrap || !handle || socket.connecting || socket.writableLength > 0) return 'refused';
  if ((socket as TLSSocket).encrypted) return 'refused';
  request ??= new streamWrap.WriteWrap();
  const error = handle.writeBuffer(request, bytes);
  if (error !== 0) fail(socket, error);
  if (streamWrap.streamBaseState[streamWrap.kLastWriteWasAsync] === 0) return 'taken';
  request.bytes = bytes;
  request.oncomplete = (status) => {
    if (status < 0) fail(socket, status);
    else taken();
  };
  request = undefined;
  return 'waiting';
}

/** As the stream's own write fails. */
function fail(socket: Socket, errno: number): void {
  const code = getSystemErrorName(errno);
  socket.destroy(Object.assign(new Error(`write ${code}`), { errno, code, syscall: 'write' }));
}

function findStreamWrap(): StreamWrap | null {
  try {
    return (process as unknown as { binding(name: string): StreamWrap }).binding('stream_wrap');
  } catch {
    return null; // a Node without it, or one that runs with --permission
  }
}

function nothing(): void {}
