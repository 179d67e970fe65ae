/** Names for numbers of linux/bpf.h, and what stands where in the programs. */

export type Family = 4 | 6;

/** Bytes of an address. */
export const lengthOf = (family: Family): number => (family === 4 ? 4 : 16);

/** Offsets in `struct bpf_sock_addr`: what is asked for, in the network's order of bytes. */
export const ASKED = { ip4: 4, ip6: 8, port: 24, type: 32, socket: 64 };
/** Offsets in `struct bpf_sock`. */
export const SOCKET = { type: 8, protocol: 12, ip4: 24, ip6: 28, port: 44 };
export const STREAM = 1;
export const FUNCTION = {
  find: 1,
  update: 2,
  tcpSocketAt: 84,
  udpSocketAt: 85,
  release: 86,
  storageOf: 107,
};

/** Registers. */
export const CONTEXT = 6;
export const PORT = 8;
export const STACK = 10;
/** The address that is judged, in our order of bytes; one of IPv4 is in the last. */
export const WORDS = [2, 3, 4, 5] as const;

/** Places on the stack: source, target and ports; the key of a refusal and its count. */
export const TUPLE = -40;
export const KEY = -64;
export const COUNT = -72;
