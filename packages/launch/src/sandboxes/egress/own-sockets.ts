import type { EgressPolicy } from './policy.ts';

/**
 * The map in which sockets of the cgroup that others can reach have a mark, which goes with its socket. Those for
 * datagrams get it as they are made, since they are reached unbound, too; streams as they are bound, so that what only
 * connects costs less.
 */
export const MARKS = 'marks';

const MARK = `r2 = r1; r1 = map ${MARKS}; r3 = 0; r4 = 1; call sk_storage_get; r0 = 1; exit`;

/** Judges a socket as it is made: one that no hook judges later is not made at all, as of raw, ping, SCTP, UDP-Lite. */
export const judgeNewSocket = `
  r2 = u32[r1 8]; r3 = u32[r1 12] # of struct bpf_sock: type, protocol
  if w2 == 1 goto stream; if w2 != 2 goto refuse; if w3 == 17 goto mark # UDP
  refuse: r0 = 0; exit
  stream: if w3 == 6 goto allow; if w3 != 262 goto refuse # TCP, MPTCP
  allow: r0 = 1; exit
  mark: ${MARK}`;

/**
 * Marks a socket as it is bound; of MPTCP the one below it, which the kernel makes. A port of this machine that one may
 * never connect to is none to listen at either: who means another there would speak to us.
 * @param own networks that lead to this machine alone
 */
export function judgeBoundSocket({ never }: EgressPolicy, own: readonly string[]): string {
  const taken = never.flatMap(({ network, ports }) => (ports && own.includes(network) ? [ports] : []));
  const looks = taken.map(
    ([from, to], index) =>
      `if w5 < ${from} goto next${index}; if w5 > ${to} goto next${index}; goto refuse; next${index}:`,
  );
  return `
    r5 = u32[r1 44] # the port
    ${[...new Set(looks)].join('\n')}
    ${MARK}
    ${taken.length > 0 ? 'refuse: r0 = 0; exit' : ''}`;
}

/**
 * Goes to `allow` where what is asked for would arrive at a socket with a mark, else to `others`. The kernel is asked
 * which socket that is, by the target and by the source that ours is bound to or will get: in 127.0.0.0/8 that is
 * 127.0.0.1, elsewhere the target itself.
 * @param at where the target stands in struct bpf_sock_addr
 */
export function allowOwnSocket(family: 4 | 6, at: number): string {
  const length = family === 4 ? 4 : 16;
  const [source, target, ports] = [-40, -40 + length, -40 + 2 * length];
  const eachWord = (code: (offset: number) => string): string =>
    Array.from({ length: length / 4 }, (_, index) => code(4 * index)).join('\n');
  const isLoopback = `r0 = r3; w0 &= 255; if w0 != 127 goto elsewhere; r3 = ${0x0100007f}; elsewhere:`;
  return `
    r1 = u64[r6 64] # our socket, a struct bpf_sock
    r3 = u32[r1 44]; r3 = be16 r3; u16[r10 ${ports}] = r3
    r3 = u32[r6 24]; u16[r10 ${ports + 2}] = r3
    r4 = 0
    ${eachWord(
      (offset) => `
        r3 = u32[r6 ${at + offset}]; u32[r10 ${target + offset}] = r3
        r3 = u32[r1 ${(family === 4 ? 24 : 28) + offset}]; u32[r10 ${source + offset}] = r3; r4 |= r3`,
    )}
    if w4 != 0 goto bound${family}
    ${eachWord(
      (offset) => `
        r3 = u32[r10 ${target + offset}]; ${family === 4 ? isLoopback : ''}; u32[r10 ${source + offset}] = r3`,
    )}
    bound${family}: r0 = u32[r6 32] # the type
    r1 = r6; r2 = r10; r2 += ${source}; r3 = ${2 * length + 4}; r4 = -1; r5 = 0 # in the network of our socket
    if w0 == 1 goto stream${family}; call sk_lookup_udp; goto asked${family}
    stream${family}: call sk_lookup_tcp
    asked${family}: if r0 == 0 goto others${family}
    r7 = r0
    r1 = map ${MARKS}; r2 = r7; r3 = 0; r4 = 0; call sk_storage_get
    r1 = r7; r7 = r0; call sk_release
    if r7 == 0 goto others${family}
    goto allow`;
}
