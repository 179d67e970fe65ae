/** What a proxy counted since it was started. */
export class Counts {
  connections = 0;
  /** Bytes of connections that are over, to the backend and to the client. */
  up = 0;
  down = 0;
  /** By behaviour. */
  readonly faults = new Map<string, number>();

  fault(behavior: string): void {
    this.faults.set(behavior, (this.faults.get(behavior) ?? 0) + 1);
  }
}
