import { and, answer, type Code, copy, jump, jumpIf, load, set, store, swap } from './assembler.ts';
import { ASKED, CONTEXT, type Family, PORT, WORDS } from './layout.ts';
import { readNetwork } from './network.ts';
import { allowOwnSocket } from './own-sockets.ts';
import type { EgressPolicy, EgressRule } from './policy.ts';
import { countRefusal } from './refusals.ts';

/** So that the longest jump of IPv6 stays within 16 bits. */
const MOST_RULES = 500;
const MOST_PORT = 0xffff;

/**
 * The program that is asked where a socket connects or sends to. `never` refuses, then what arrives at a socket of the
 * cgroup itself is allowed, then `allowed`; the rest is refused. Refusals are counted.
 * @param own networks that lead to this machine alone
 * @throws RangeError for a rule that is none, and for too many
 */
export function judge(family: Family, policy: EgressPolicy, own: readonly string[]): Code {
  const { length } = [...policy.never, ...policy.allowed];
  if (length > MOST_RULES) throw new RangeError(`${length} rules are more than ${MOST_RULES}.`);
  const judged =
    family === 4
      ? judgeAs(4, ASKED.ip4, policy, own)
      : [
          ...loadAddress(6, ASKED.ip6),
          ...[0, 0, 0xffff].map((value, index) => jumpIf(WORDS[index]!, '!=', value, 'not mapped')),
          ...judgeAs(4, ASKED.ip6 + 12, policy, own),
          'not mapped',
          ...judgeAs(6, ASKED.ip6, policy, own),
        ];
  return [
    copy(CONTEXT, 1),
    load(PORT, CONTEXT, ASKED.port),
    swap(PORT, 16),
    ...judged,
    'refuse',
    jumpIf(PORT, '==', 0, 'counted'), // nothing is sent there: a resolver asks which addresses there is a way to
    ...countRefusal(family),
    ...answer(0),
    'allow',
    ...answer(1),
  ];
}

/** @param at where the address of this family stands */
function judgeAs(family: Family, at: number, { never, allowed }: EgressPolicy, own: readonly string[]): Code {
  return [
    ...loadAddress(family, at),
    ...nameUnspecified(family, at),
    ...never.flatMap((rule, index) => jumpWhere(rule, family, `never ${index}`, 'refuse')),
    ...own.flatMap((network, index) =>
      jumpWhere({ network, ports: null }, family, `local ${index}`, `own ${family}`),
    ),
    jump(`others ${family}`),
    `own ${family}`,
    ...allowOwnSocket(family, at, `others ${family}`),
    `others ${family}`,
    ...loadAddress(family, at), // again, since calls spoil registers
    ...allowed.flatMap((rule, index) => jumpWhere(rule, family, `allowed ${index}`, 'allow')),
    jump('refuse'),
  ];
}

function loadAddress(family: Family, at: number): Code {
  return wordsOf(family).flatMap((word, index) => [load(word, CONTEXT, at + 4 * index), swap(word, 32)]);
}

/** 0.0.0.0 and :: become a loopback address, since the kernel takes for them what the socket is bound to. */
function nameUnspecified(family: Family, at: number): Code {
  const words = wordsOf(family);
  const named = `named ${family}`;
  return [
    ...words.map((word) => jumpIf(word, '!=', 0, named)),
    set(5, family === 4 ? 0x7f00_0001 : 1),
    copy(0, 5),
    swap(0, 32),
    store(CONTEXT, at + 4 * (words.length - 1), 0),
    named,
  ];
}

/** Jumps where a rule holds for the address and the port. @param name of the rule, its own in the program */
function jumpWhere({ network: text, ports }: EgressRule, family: Family, name: string, target: string): Code {
  const network = readNetwork(text);
  const [from, to] = ports ?? [0, MOST_PORT];
  if (![from, to].every((port) => Number.isInteger(port) && port >= 0 && port <= MOST_PORT) || from > to) {
    throw new RangeError(`${from} to ${to} are not ports.`);
  }
  if (network.family !== family) return [];
  const next = `not ${name} ${family}`;
  return [
    ...wordsOf(family).flatMap((word, index) => {
      const [value, mask] = [network.words[index]!, network.masks[index]!];
      return mask === 0 ? [] : [copy(0, word), and(0, mask), jumpIf(0, '!=', value, next)];
    }),
    ...(target === 'allow' ? [jumpIf(PORT, '==', 0, target)] : []), // see `judge`
    jumpIf(PORT, '<', from, next),
    jumpIf(PORT, '>', to, next),
    jump(target),
    next,
  ];
}

function wordsOf(family: Family): readonly (typeof WORDS)[number][] {
  return family === 4 ? WORDS.slice(3) : WORDS;
}
