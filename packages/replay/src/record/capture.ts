/** Keeps what passes, up to a cap. */
export class Capture {
  size = 0;
  private kept = 0;
  private readonly cap: number;
  private readonly chunks: Buffer[] = [];

  constructor(cap: number) {
    this.cap = cap;
  }

  add(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.kept >= this.cap) return;
    const part = chunk.length > this.cap - this.kept ? chunk.subarray(0, this.cap - this.kept) : chunk;
    this.kept += part.length;
    this.chunks.push(part);
  }

  /** What was kept; the whole size where that is not all. */
  take(): { body: Buffer; cutFrom: number | null } {
    const body = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    return { body, cutFrom: this.size > this.kept ? this.size : null };
  }
}
