/** As much of Protocol Buffers' wire format as remote write takes: https://protobuf.dev/programming-guides/encoding/ */

export type Field = Uint8Array;

const [VARINT, FIXED64, LENGTH] = [0, 1, 2];

export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** sint32, sint64: small numbers of either sign are short. */
export const zigzag = (value: number): bigint =>
  BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));

const key = (field: number, type: number): Uint8Array => varint((field << 3) | type);

export const integer = (field: number, value: number | bigint): Field =>
  Buffer.concat([key(field, VARINT!), varint(value)]);

export function double(field: number, value: number): Field {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([key(field, FIXED64!), bytes]);
}

export const bytes = (field: number, value: Uint8Array): Field =>
  Buffer.concat([key(field, LENGTH!), varint(value.length), value]);

export const text = (field: number, value: string): Field => bytes(field, Buffer.from(value));

export const message = (field: number, fields: readonly Field[]): Field =>
  bytes(field, Buffer.concat(fields));

export const packed = (field: number, values: readonly (number | bigint)[]): Field =>
  bytes(field, Buffer.concat(values.map(varint)));
