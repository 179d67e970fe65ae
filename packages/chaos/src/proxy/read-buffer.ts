/** Idle connections are many, so each begins with this much. */
const smallest = 512;
/** What Node reads at a time, too. */
const largest = 64 * 1024;

/**
 * What a socket is read into, again and again: a fresh 64 KB for every read is what a proxy in Node spends half of its
 * time on. It grows with what comes at once.
 */
export class ReadBuffer {
  private bytes = Buffer.allocUnsafeSlow(smallest);
  private isFresh = true;
  private readonly receive: (chunk: Buffer) => boolean;

  /** @param receive takes what came; answers whether nobody holds it any longer */
  constructor(receive: (chunk: Buffer) => boolean) {
    this.receive = receive;
  }

  /** For `onread` of a socket. */
  readonly buffer = (): Uint8Array => {
    // Node takes nothing at all for "as before", which its types do not know.
    if (!this.isFresh) return undefined as unknown as Uint8Array;
    this.isFresh = false;
    return this.bytes;
  };

  /** For `onread` of a socket. */
  readonly callback = (length: number): boolean => {
    const { bytes } = this;
    const isOver = this.receive(bytes.subarray(0, length));
    const wanted = length === bytes.length ? Math.min(largest, bytes.length * 8) : bytes.length;
    if (!isOver || wanted > bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(wanted);
      this.isFresh = true;
    }
    return true;
  };
}
