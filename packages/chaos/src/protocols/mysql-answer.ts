const MORE_RESULTS = 0x0008;
const HAS_CURSOR = 0x0040;
const STATISTICS = 0x09;
const FIELD_LIST = 0x04;
const PREPARE = 0x16;
const FETCH = 0x1c;
const CHANGE_USER = 0x11;

type State = 'first' | 'columns' | 'end of columns' | 'rows' | 'definitions';

/** Finds the end of what MySQL answers to a command, packet by packet. */
export class MysqlAnswer {
  /** Agreed on at login: column definitions are not followed by a packet of their own. */
  deprecatesEof = false;
  /** The backend asked for a local file; what the client sends next is that. */
  asksFile = false;
  #state: State = 'first';
  #left = 0; // columns or definitions still to come
  #command = 0;

  begin(command: number): void {
    this.#command = command;
    this.asksFile = false;
    this.#state = command === FIELD_LIST || command === FETCH ? 'rows' : 'first';
  }

  /** Whether a packet is the last one. `start` are its first bytes, `length` is its length. */
  packet(start: Buffer, length: number): boolean {
    const first = start[0] ?? 0;
    switch (this.#state) {
      case 'first':
        return this.#first(start, first, length);
      case 'columns':
        if (--this.#left === 0) this.#state = this.deprecatesEof ? 'rows' : 'end of columns';
        return false;
      case 'end of columns':
        this.#state = 'rows';
        return (statusOfEof(start) & HAS_CURSOR) !== 0;
      case 'rows':
        if (first === 0xff) return true;
        if (first !== 0xfe || length >= 0xffffff || (!this.deprecatesEof && length >= 9)) return false;
        return this.#result(this.deprecatesEof && length >= 7 ? statusOfOk(start) : statusOfEof(start));
      case 'definitions':
        return --this.#left === 0;
    }
  }

  #first(start: Buffer, first: number, length: number): boolean {
    this.asksFile = false;
    if (first === 0xff || this.#command === STATISTICS) return true;
    if (this.#command === CHANGE_USER) return first === 0x00;
    if (this.#command === PREPARE) return this.#prepared(start);
    if (first === 0x00) return this.#result(statusOfOk(start));
    if (first === 0xfe && length < 9) return true;
    if (first === 0xfb) {
      this.asksFile = true;
      return false;
    }
    this.#left = lengthEncoded(start, 0).value;
    this.#state = 'columns';
    return false;
  }

  /** Definitions of parameters and columns follow, each group with its end unless that is deprecated. */
  #prepared(start: Buffer): boolean {
    if (start.length < 9) return true;
    const [columns, parameters] = [start.readUInt16LE(5), start.readUInt16LE(7)];
    const ends = this.deprecatesEof ? 0 : Number(columns > 0) + Number(parameters > 0);
    this.#left = columns + parameters + ends;
    this.#state = 'definitions';
    return this.#left === 0;
  }

  /** A result is over; another one may follow. */
  #result(status: number): boolean {
    this.#state = 'first';
    return (status & MORE_RESULTS) === 0;
  }
}

function statusOfEof(packet: Buffer): number {
  return packet.length >= 5 ? packet.readUInt16LE(3) : 0;
}

function statusOfOk(packet: Buffer): number {
  const affected = lengthEncoded(packet, 1);
  const inserted = lengthEncoded(packet, affected.next);
  return packet.length >= inserted.next + 2 ? packet.readUInt16LE(inserted.next) : 0;
}

function lengthEncoded(packet: Buffer, at: number): { value: number; next: number } {
  const first = packet[at] ?? 0;
  const bytes = first === 0xfc ? 2 : first === 0xfd ? 3 : first === 0xfe ? 6 : 0;
  if (bytes === 0 || packet.length < at + 1 + bytes) return { value: first, next: at + 1 };
  return { value: packet.readUIntLE(at + 1, bytes), next: at + 1 + (first === 0xfe ? 8 : bytes) };
}
