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

const streamWrap = findStreamWrap();
/** One for all writes, until one has to be waited for. */
let request = streamWrap && new streamWrap.WriteWrap();

/**
 * Writes bytes past the socket's stream, whose buffer, callbacks and tick cost more than the rest of a request's way
 * out: nearly always the kernel takes a request's bytes at once. Over TLS, where one write has to be over before the
 * next, and where Node does not show what is under its sockets, the stream writes a copy.
 * @returns false while the bytes are still needed, which is for good
 */
export function writeAtOnce(socket: Socket, bytes: Buffer): boolean {
  const handle = (socket as unknown as { _handle: Handle | null })._handle;
  const isEncrypted = (socket as TLSSocket).encrypted;
  if (!streamWrap || !request || !handle || isEncrypted || socket.writableLength > 0) {
    socket.write(Buffer.from(bytes));
    return true;
  }
  const error = handle.writeBuffer(request, bytes);
  if (error !== 0) fail(socket, error);
  if (streamWrap.streamBaseState[streamWrap.kLastWriteWasAsync] === 0) return true;
  request.bytes = bytes;
  request.oncomplete = (status) => {
    if (status < 0) fail(socket, status);
  };
  request = new streamWrap.WriteWrap();
  return false;
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
