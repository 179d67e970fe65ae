import type { Socket } from 'node:net';
import { writeAtOnce } from '@marteau/net';
import { FLAG, FRAME, FRAME_HEAD } from './frame-types.ts';

const SIZE = 32 * 1024;

/**
 * Where the frames of a thread become bytes (RFC 9113, 4.1). Frames for one socket are gathered until another one's
 * begin, or what runs now has run: ten requests that a user makes at once are one write. The kernel has taken what is
 * written, nearly always, so that all sockets share a buffer.
 */
export class FrameWriter {
  #bytes = Buffer.allocUnsafeSlow(SIZE);
  #socket: Socket | null = null;
  #length = 0;
  #frame = 0;
  #isPlanned = false;
  /** Sockets whose bytes wait for the kernel. */
  readonly #full = new WeakSet<Socket>();
  readonly #flush = (): void => {
    this.#isPlanned = false;
    this.flush();
  };

  /** What follows is for this socket. */
  to(socket: Socket): void {
    if (this.#socket === socket) return;
    this.flush();
    this.#socket = socket;
  }

  /** Begins a frame; its length becomes known when it ends. */
  begin(type: number, flags: number, stream: number): void {
    if (this.#length + FRAME_HEAD > this.#bytes.length) this.#makeRoom(FRAME_HEAD);
    const bytes = this.#bytes;
    const at = this.#length;
    this.#frame = at;
    bytes[at + 3] = type;
    bytes[at + 4] = flags;
    bytes[at + 5] = stream >>> 24;
    bytes[at + 6] = stream >>> 16;
    bytes[at + 7] = stream >>> 8;
    bytes[at + 8] = stream;
    this.#length = at + FRAME_HEAD;
  }

  add(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** @param text whose bytes in that encoding are `length` */
  addText(text: string, encoding: 'latin1' | 'utf8', length: number): void {
    if (this.#length + length > this.#bytes.length) this.#makeRoom(length);
    this.#length += this.#bytes.write(text, this.#length, encoding);
  }

  add32(value: number): void {
    if (this.#length + 4 > this.#bytes.length) this.#makeRoom(4);
    this.#length = this.#bytes.writeUInt32BE(value, this.#length);
  }

  /** What stands here so far, and where it ends: to change in place what was added last. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  /** @returns bytes of the frame, with its head */
  end(): number {
    const at = this.#frame;
    const size = this.#length - at - FRAME_HEAD;
    this.#bytes[at] = size >>> 16;
    this.#bytes[at + 1] = size >>> 8;
    this.#bytes[at + 2] = size;
    if (this.#length >= SIZE / 2) this.flush();
    else if (!this.#isPlanned) {
      this.#isPlanned = true;
      process.nextTick(this.#flush);
    }
    return size + FRAME_HEAD;
  }

  /**
   * Ends a frame of HEADERS; what is too long for one goes on in frames of CONTINUATION (RFC 9113, 6.10).
   * @param most bytes of a payload
   * @returns bytes of the frames, with their heads
   */
  endHeaders(most: number): number {
    const from = this.#frame + FRAME_HEAD;
    if (this.#length - from <= most) return this.end();
    const block = Buffer.from(this.#bytes.subarray(from, this.#length));
    const stream = this.#bytes.readUInt32BE(this.#frame + 5);
    this.#bytes[this.#frame + 4]! &= ~FLAG.END_HEADERS;
    this.#length = from + most;
    let sent = this.end();
    for (let at = most; at < block.length; at += most) {
      const isLast = at + most >= block.length;
      this.begin(FRAME.CONTINUATION, isLast ? FLAG.END_HEADERS : 0, stream);
      this.add(block.subarray(at, at + most));
      sent += this.end();
    }
    return sent;
  }

  /** Ends a frame with a long payload, which is not copied. */
  endApart(payload: Uint8Array): void {
    const head = Buffer.from(this.#bytes.subarray(this.#frame, this.#length));
    head.writeUIntBE(payload.length, 0, 3);
    this.#length = this.#frame;
    this.flush();
    const socket = this.#socket!;
    if (socket.destroyed) return;
    socket.cork();
    socket.write(head);
    socket.write(payload);
    socket.uncork();
  }

  /** Whether the socket takes no more for now; it says `drain` when it does. */
  isFull(socket: Socket): boolean {
    return socket.writableNeedDrain || this.#full.has(socket);
  }

  /** Writes what was gathered. */
  flush(): void {
    const socket = this.#socket;
    if (this.#length === 0 || !socket) return;
    const sending = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    if (socket.destroyed) return;
    const taken = () => {
      this.#full.delete(socket);
      socket.emit('drain');
    };
    const written = this.#full.has(socket) ? 'refused' : writeAtOnce(socket, sending, taken);
    if (written === 'waiting') {
      // Those bytes are still being sent.
      this.#bytes = Buffer.allocUnsafeSlow(SIZE);
      this.#full.add(socket);
    } else if (written === 'refused') socket.write(Buffer.from(sending));
  }

  #makeRoom(wanted: number): void {
    const bytes = Buffer.allocUnsafeSlow(2 * (this.#length + wanted));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}
