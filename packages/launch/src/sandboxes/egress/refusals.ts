import { addressOf } from './network.ts';

/** What was asked for and refused. */
export interface RefusedConnection {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly count: number;
}

/** The map of counts (64 bits), by address (16 bytes, as the network has it), port and type of socket (32 bits, ours). */
export const REFUSALS = 'refusals';
export const KEY_BYTES = 24;
export const COUNT_BYTES = 8;
export const MOST_REFUSALS = 1024;

/** Counts what is asked for; r8 is the port. */
export function countRefusal(family: 4 | 6): string {
  const address = {
    4: `r1 = 0; u64[r10 -64] = r1; r1 = ${-0x10000}; u32[r10 -56] = r1; r1 = u32[r6 4]; u32[r10 -52] = r1`,
    6: 'r1 = u64[r6 8]; u64[r10 -64] = r1; r1 = u64[r6 16]; u64[r10 -56] = r1',
  };
  return `
    ${address[family]}
    u32[r10 -48] = r8; r1 = u32[r6 32]; u32[r10 -44] = r1
    r1 = map ${REFUSALS}; r2 = r10; r2 += -64; call map_lookup_elem
    r1 = 1
    if r0 == 0 goto first
    lock u64[r0 0] += r1
    goto counted
    first: u64[r10 -72] = r1
    r1 = map ${REFUSALS}; r2 = r10; r2 += -64; r3 = r10; r3 += -72; r4 = 0; call map_update_elem
    counted:`;
}

/** Reads what the programs have counted. */
export function readRefusals(keys: Buffer, counts: Buffer, length: number): RefusedConnection[] {
  return Array.from({ length }, (_, index) => {
    const at = index * KEY_BYTES;
    return {
      address: addressOf([0, 4, 8, 12].map((word) => keys.readUInt32BE(at + word))),
      port: keys.readUInt32LE(at + 16),
      protocol: keys.readUInt32LE(at + 20) === 1 ? 'tcp' : 'udp',
      count: Number(counts.readBigUInt64LE(index * COUNT_BYTES)),
    };
  });
}
