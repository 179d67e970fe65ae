import type { EgressLimit } from './policy.ts';

/** The map of what limited places have got, by the limit's number. */
export const LIMITS = 'limits';
/** The map of sockets that go to a limited place: the number of its limit, and 1. */
export const LIMITED = 'limited';
export const MOST_LIMITS = 64;
export const LIMIT_BYTES = 88;

/** A window of time is so many ns, as a power of 2: a little more than a second. */
const WINDOW_BITS = 30;
const WINDOWS_PER_SECOND = 1e9 / 2 ** WINDOW_BITS;
const ANY = 2n ** 62n;

/** Where the 64 bits of each stand in a value of the map. */
const AT = {
  ...{ connectWindow: 0, connects: 8, byteWindow: 16, bytes: 24, open: 32 },
  ...{ mostConnects: 40, mostOpen: 48, mostBytes: 56 },
  ...{ refusedConnects: 64, refusedOpen: 72, droppedPackets: 80 },
};

/** What a limit kept from a place so far. */
export interface LimitedTraffic {
  /** Its number in the policy. */
  readonly limit: number;
  /** Connections that were refused: too many in a second; too many open. */
  readonly connects: number;
  readonly open: number;
  /** Packets that were dropped, which a sender sends again later. */
  readonly packets: number;
}

/** What stands in the map before anything was sent. */
export function initialValue({ connects, open, bytes }: EgressLimit): Buffer {
  const value = Buffer.alloc(LIMIT_BYTES);
  const perWindow = (amount: number | null) =>
    amount === null ? ANY : BigInt(Math.ceil(amount / WINDOWS_PER_SECOND));
  value.writeBigUInt64LE(perWindow(connects), AT.mostConnects);
  value.writeBigUInt64LE(open === null ? ANY : BigInt(Math.ceil(open)), AT.mostOpen);
  value.writeBigUInt64LE(perWindow(bytes), AT.mostBytes);
  return value;
}

/** Reads what the programs have counted. */
export function readLimited(values: Buffer, length: number): LimitedTraffic[] {
  return Array.from({ length }, (_, limit) => {
    const count = (at: number) => Number(values.readBigUInt64LE(limit * LIMIT_BYTES + at));
    return {
      limit,
      connects: count(AT.refusedConnects),
      open: count(AT.refusedOpen),
      packets: count(AT.droppedPackets),
    };
  });
}

/** Into `r0` the number of the window of now; into the value of r7 that it has begun, with nothing in it yet. */
function turnWindow(window: number, amount: number): string {
  return `
    call ktime_get_ns; r0 >>= ${WINDOW_BITS}
    r1 = u64[r7 ${window}]
    if r1 == r0 goto same
    u64[r7 ${window}] = r0; r2 = 0; u64[r7 ${amount}] = r2
    same:`;
}

/** Goes to `allow` where the limit in r9 has room for one more, else refuses and counts that. r6 is struct bpf_sock_addr. */
export const judgeLimited = `
  u32[r10 -80] = r9
  r1 = map ${LIMITS}; r2 = r10; r2 += -80; call map_lookup_elem
  if r0 == 0 goto allow
  r7 = r0
  r2 = u64[r6 64]; r1 = map ${LIMITED}; r3 = 0; r4 = 1; call sk_storage_get
  if r0 == 0 goto allow
  r1 = u32[r0 0]; if w1 != 0 goto allow # it was let go there before
  r8 = r0
  ${turnWindow(AT.connectWindow, AT.connects)}
  r1 = u64[r7 ${AT.connects}]; r2 = u64[r7 ${AT.mostConnects}]; if r2 > r1 goto often
  r1 = 1; lock u64[r7 ${AT.refusedConnects}] += r1; r0 = 0; exit
  often: r1 = u64[r7 ${AT.open}]; r2 = u64[r7 ${AT.mostOpen}]; if r2 > r1 goto room
  r1 = 1; lock u64[r7 ${AT.refusedOpen}] += r1; r0 = 0; exit
  room: r9 += 1; u32[r8 0] = r9
  r1 = 1; lock u64[r7 ${AT.connects}] += r1
  r1 = 1; lock u64[r7 ${AT.open}] += r1
  goto allow`;

/** A limited socket is closed. */
export const countReleased = `
  r2 = r1; r1 = map ${LIMITED}; r3 = 0; r4 = 0; call sk_storage_get
  if r0 == 0 goto done
  r1 = u32[r0 0]; if w1 == 0 goto done
  r1 += -1; u32[r10 -8] = r1
  r1 = 0; u32[r0 0] = r1
  r1 = map ${LIMITS}; r2 = r10; r2 += -8; call map_lookup_elem
  if r0 == 0 goto done
  r1 = -1; lock u64[r0 ${AT.open}] += r1
  done: r0 = 1; exit`;

/** A packet leaves: one of a limited socket is dropped, with a word to its sender, where there was enough in this window. */
export const judgePacket = `
  r9 = u32[r1 0]; r2 = u64[r1 168] # of struct __sk_buff: the length, the socket
  if r2 == 0 goto keep
  r1 = map ${LIMITED}; r3 = 0; r4 = 0; call sk_storage_get
  if r0 == 0 goto keep
  r1 = u32[r0 0]; if w1 == 0 goto keep
  r1 += -1; u32[r10 -8] = r1
  r1 = map ${LIMITS}; r2 = r10; r2 += -8; call map_lookup_elem
  if r0 == 0 goto keep
  r7 = r0
  ${turnWindow(AT.byteWindow, AT.bytes)}
  r1 = u64[r7 ${AT.bytes}]; r2 = u64[r7 ${AT.mostBytes}]; if r2 > r1 goto fits
  r1 = 1; lock u64[r7 ${AT.droppedPackets}] += r1; r0 = 2; exit
  fits: lock u64[r7 ${AT.bytes}] += r9
  keep: r0 = 1; exit`;
