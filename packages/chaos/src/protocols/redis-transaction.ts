const EXECABORT = Buffer.from('-EXECABORT Transaction discarded because of previous errors.\r\n');
export const DISCARD = Buffer.from('*1\r\n$7\r\nDISCARD\r\n');

/** Where a connection is in MULTI, as the backend sees it, and what a command that fails there leaves behind. */
export class RedisTransaction {
  #isOpen = false;
  #hasFailed = false;
  /** What the last command of interest does. */
  #begins = false;
  #ends = false;

  /** Commands after which it is another; looked up once for a row of equal commands. */
  static isOfInterest(command: string): boolean {
    return command === 'MULTI' || command === 'EXEC' || command === 'DISCARD' || command === 'RESET';
  }

  /** A command of interest has come. */
  command(name: string): void {
    this.#begins = name === 'MULTI' && !this.#isOpen;
    this.#ends = name !== 'MULTI' && this.#isOpen;
    this.#isOpen = this.#begins || (this.#isOpen && !this.#ends);
    if (this.#begins) this.#hasFailed = false;
  }

  /** The error of an EXEC behind a command that failed here, as redis has it; null for any other command. */
  abort(name: string): Buffer | null {
    return name === 'EXEC' && this.#ends && this.#hasFailed ? EXECABORT : null;
  }

  /** A command is answered here. True when the backend has to be told to leave the transaction. */
  failed(name: string): boolean {
    if (RedisTransaction.isOfInterest(name)) {
      if (this.#begins) this.#isOpen = false; // the backend never saw it
      return this.#ends;
    }
    this.#hasFailed = true;
    return false;
  }
}
