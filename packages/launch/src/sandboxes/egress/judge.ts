import { judgeLimited, MOST_LIMITS } from './limits.ts';
import { readNetwork } from './network.ts';
import { allowOwnSocket } from './own-sockets.ts';
import type { EgressPolicy, EgressRule } from './policy.ts';
import { countRefusal } from './refusals.ts';

const MOST_RULES = 500;
const MOST_PORT = 0xffff;

/** Offsets of addresses in struct bpf_sock_addr. */
const IP4 = 4;
const IP6 = 8;

/** Registers of the address that is judged, in our order of bytes. */
const WORDS = { 4: [5], 6: [2, 3, 4, 5] };

/**
 * The program that is asked where a socket connects or sends to. `never` refuses, then what arrives at a socket of the
 * cgroup itself is allowed, then `allowed`; the rest is refused. Refusals are counted, but for port 0, at which a
 * resolver finds out to which addresses there is a way; so `allowed` holds at port 0, too.
 * @param own networks that lead to this machine alone
 * @throws RangeError for a rule that is none, and for more than 500
 */
export function judge(family: 4 | 6, policy: EgressPolicy, own: readonly string[]): string {
  const { length } = [...policy.never, ...policy.allowed];
  if ((policy.limits?.length ?? 0) > MOST_LIMITS)
    throw new RangeError(`${policy.limits!.length} limits are more than ${MOST_LIMITS}`);
  if (length > MOST_RULES) throw new RangeError(`${length} rules are more than ${MOST_RULES}`);
  const mapped = `
    ${loadAddress(6, IP6)}
    if w2 != 0 goto unmapped; if w3 != 0 goto unmapped; if w4 != ${0xffff} goto unmapped
    ${judgeAs(4, IP6 + 12, policy, own)}
    unmapped: ${judgeAs(6, IP6, policy, own)}`;
  return `
    r6 = r1; r8 = u32[r6 24]; r8 = be16 r8
    ${family === 4 ? judgeAs(4, IP4, policy, own) : mapped}
    ${policy.allowed.some(({ limit }) => limit !== undefined) ? `limited: ${judgeLimited}` : ''}
    refuse: if w8 == 0 goto counted
    ${countRefusal(family)} r0 = 0; exit
    allow: r0 = 1; exit`;
}

/** @param at where the address of this family stands */
function judgeAs(family: 4 | 6, at: number, policy: EgressPolicy, own: readonly string[]): string {
  const never = policy.never.map((rule, index) => gotoWhere(rule, family, `never${index}`, 'refuse'));
  const local = own.map((network, index) =>
    gotoWhere({ network, ports: null }, family, `local${index}`, `own${family}`),
  );
  const allowed = policy.allowed.map((rule, index) => gotoWhere(rule, family, `allowed${index}`, 'allow'));
  return `
    ${loadAddress(family, at)}
    ${nameUnspecified(family, at)}
    ${never.join('\n')}
    ${local.join('\n')}
    goto others${family}
    own${family}: ${allowOwnSocket(family, at)}
    others${family}: ${loadAddress(family, at)} # again: calls spoil registers
    ${allowed.join('\n')}
    goto refuse`;
}

function loadAddress(family: 4 | 6, at: number): string {
  return WORDS[family]
    .map((word, index) => `r${word} = u32[r6 ${at + 4 * index}]; r${word} = be32 r${word}`)
    .join('; ');
}

/** 0.0.0.0 and :: become a loopback address, since the kernel takes for them what the socket is bound to. */
function nameUnspecified(family: 4 | 6, at: number): string {
  return `
    ${WORDS[family].map((word) => `if w${word} != 0 goto named${family}`).join('; ')}
    r5 = ${family === 4 ? 0x7f000001 : 1}
    r0 = r5; r0 = be32 r0; u32[r6 ${at + (family === 4 ? 0 : 12)}] = r0
    named${family}:`;
}

/** Goes to the label where a rule holds for the address and the port. @param name of the rule, its own in the program */
function gotoWhere(
  { network, ports, limit }: EgressRule,
  family: 4 | 6,
  name: string,
  label: string,
): string {
  const { words, masks, ...read } = readNetwork(network);
  const [from, to] = ports ?? [0, MOST_PORT];
  if (![from, to].every((port) => Number.isInteger(port) && port >= 0 && port <= MOST_PORT) || from > to) {
    throw new RangeError(`${from} to ${to} are not ports`);
  }
  if (read.family !== family) return '';
  const next = `${name}of${family}`;
  const address = WORDS[family].map(
    (word, index) => `r0 = r${word}; w0 &= ${masks[index]}; if w0 != ${words[index]} goto ${next}`,
  );
  return `
    ${address.filter((_, index) => masks[index] !== 0).join('\n')}
    ${ports && label === 'allow' ? 'if w8 == 0 goto allow' : ''}
    ${ports ? `if w8 < ${from} goto ${next}` : ''}
    if w8 > ${to} goto ${next} # never, for any port; but the kernel takes no code that nothing leads to
    ${limit === undefined ? `goto ${label}` : `r9 = ${limit}; goto limited`}
    ${next}:`;
}
