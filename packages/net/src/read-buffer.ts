import { Socket, type SocketConstructorOpts } from 'node:net';

/** Takes what a socket has read; answers whether nobody keeps the bytes any longer, so that they may be overwritten. */
export type Receive = (chunk: Buffer) => boolean;

/** Idle connections are many, so each begins with this much. */
const SMALLEST = 512;
/** What Node reads at a time, too. */
const LARGEST = 64 * 1024;

/**
 * What a socket is read into, again and again: a fresh 64 KB for every read is what a proxy in Node spends half of its
 * time on. It grows with what comes at once.
 */
export class ReadBuffer {
  #bytes: Buffer = Buffer.allocUnsafe(SMALLEST); // of Node's pool: a buffer of its own takes twice as much
  #isFresh = true;
  readonly #receive: Receive;

  constructor(receive: Receive) {
    this.#receive = receive;
  }

  /** For `onread` of a socket. */
  readonly buffer = (): Uint8Array => {
    // Node takes nothing at all for "as before", which its types do not know.
    if (!this.#isFresh) return undefined as unknown as Uint8Array;
    this.#isFresh = false;
    return this.#bytes;
  };

  /** For `onread` of a socket. */
  readonly callback = (length: number): boolean => {
    const bytes = this.#bytes;
    const isOver = this.#receive(bytes.subarray(0, length));
    const wanted = length === bytes.length ? Math.min(LARGEST, bytes.length * 8) : bytes.length;
    if (!isOver || wanted > bytes.length) {
      this.#bytes = Buffer.allocUnsafeSlow(wanted);
      this.#isFresh = true;
    }
    return true;
  };
}

/**
 * Reads an accepted socket into such a buffer. Node lets only those that call have one, so what was accepted moves into
 * a socket that is made with it; where Node does not show what is under its sockets, it stays and allocates.
 * @returns the socket to use from now on
 */
export function readAccepted(socket: Socket, receive: Receive): Socket {
  const under = socket as unknown as { _handle: object | null | undefined };
  const handle = under._handle;
  if (!handle) return socket.on('data', receive);
  under._handle = null;
  socket.destroy();
  const options = { handle, allowHalfOpen: true, onread: new ReadBuffer(receive) };
  return new Socket(options as SocketConstructorOpts);
}
