const MORE_RESULTS = 0x0008;
const HAS_CURSOR = 0x0040;
const STATISTICS = 0x09;
const FIELD_LIST = 0x04;
const PREPARE = 0x16;
const FETCH = 0x1c;
const CHANGE_USER = 0x11;

const LONGEST = 0xffffff;

/** What the two sides agreed on at login, as far as it changes answers. */
export interface MysqlAgreement {
  /** Column definitions are not followed by a packet of their own. */
  readonly deprecatesEof: boolean;
  /** Where the count of columns has a flag that says whether definitions follow: MariaDB’s is behind it, MySQL’s before it. */
  readonly metadataFlag: 'behind' | 'before' | null;
}

type State = 'first' | 'columns' | 'end of columns' | 'rows' | 'definitions';

/** Finds the end of what MySQL answers to a command, packet by packet. */
export class MysqlAnswer {
  /** What client and backend agreed on at login. */
  agreed: MysqlAgreement = { deprecatesEof: false, metadataFlag: null };
  /** The backend asked for a local file; what the client sends next is that. */
  asksFile = false;
  #state: State = 'first';
  #left = 0; // columns or definitions still to come
  #command = 0;
  #isCut = false; // the packet before was as long as one can be, and goes on in this one

  begin(command: number): void {
    this.#command = command;
    this.asksFile = false;
    this.#state = command === FIELD_LIST || command === FETCH ? 'rows' : 'first';
  }

  /** Whether a packet is the last one. `start` are its first bytes, `length` is its length. */
  packet(start: Buffer, length: number): boolean {
    const isRest = this.#isCut;
    this.#isCut = length === LONGEST;
    if (isRest || isProgress(start)) return false;
    const first = start[0] ?? 0;
    const { deprecatesEof } = this.agreed;
    switch (this.#state) {
      case 'first':
        return this.#first(start, first, length);
      case 'columns':
        if (--this.#left === 0) this.#state = deprecatesEof ? 'rows' : 'end of columns';
        return false;
      case 'end of columns':
        this.#state = 'rows';
        return (statusOfEof(start) & HAS_CURSOR) !== 0;
      case 'rows':
        if (first === 0xff) return true;
        if (first !== 0xfe || length === LONGEST || (!deprecatesEof && length >= 9)) return false;
        return this.#result(deprecatesEof && length >= 7 ? statusOfOk(start) : statusOfEof(start));
      case 'definitions':
        return --this.#left === 0;
    }
  }

  #first(start: Buffer, first: number, length: number): boolean {
    this.asksFile = false;
    if (first === 0xff || this.#command === STATISTICS) return true;
    if (this.#command === CHANGE_USER) return first === 0x00;
    if (this.#command === PREPARE) return this.#prepared(start);
    if (this.#isColumnCount(start, length)) return this.#columns(start);
    if (first === 0x00) return this.#result(statusOfOk(start));
    if (first === 0xfe && length < 9) return true;
    if (first === 0xfb) {
      this.asksFile = true;
      return false;
    }
    return this.#columns(start);
  }

  /** With the flag of MySQL before it a count may begin like an OK, which is longer than any count. */
  #isColumnCount(start: Buffer, length: number): boolean {
    return this.agreed.metadataFlag === 'before' && start[0]! <= 1 && length >= 2 && length <= 4;
  }

  /** How many columns there are, and whether they are defined once more: a client that prepared has seen them. */
  #columns(start: Buffer): boolean {
    const { metadataFlag, deprecatesEof } = this.agreed;
    const count = lengthEncoded(start, metadataFlag === 'before' ? 1 : 0);
    const flag = metadataFlag === null ? 1 : metadataFlag === 'before' ? start[0] : start[count.next];
    this.#left = count.value;
    this.#state = flag !== 0 ? 'columns' : deprecatesEof ? 'rows' : 'end of columns';
    return false;
  }

  /** Definitions of parameters and columns follow, each group with its end unless that is deprecated. */
  #prepared(start: Buffer): boolean {
    if (start.length < 9) return true;
    const { metadataFlag, deprecatesEof } = this.agreed;
    const isUndefined = metadataFlag === 'before' && start[12] === 0;
    const [columns, parameters] = isUndefined ? [0, 0] : [start.readUInt16LE(5), start.readUInt16LE(7)];
    const ends = deprecatesEof ? 0 : Number(columns > 0) + Number(parameters > 0);
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

/** MariaDB tells how far a long statement is in what looks like an error, and goes on. */
function isProgress(start: Buffer): boolean {
  return start[0] === 0xff && start[1] === 0xff && start[2] === 0xff;
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
