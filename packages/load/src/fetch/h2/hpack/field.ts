/** What RFC 7541 (4.1) adds to the octets of a field for what it takes in memory. */
const OVERHEAD = 32;

/** A header field; names and values are latin1, a character a byte. */
export class Field {
  readonly name: string;
  readonly value: string;
  /** As it counts against the limits of tables and lists, bytes. */
  readonly size: number;
  /** What whoever reads it has found out about it: a field of a table is looked at once, and seen many times. */
  note: unknown = null;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
    this.size = name.length + value.length + OVERHEAD;
  }
}
