import {
  add,
  and,
  answer,
  type Code,
  call,
  copy,
  jump,
  jumpIf,
  jumpIfNull,
  load,
  loadMap,
  or,
  set,
  store,
  swap,
} from './assembler.ts';
import { ASKED, CONTEXT, type Family, FUNCTION, lengthOf, SOCKET, STACK, STREAM, TUPLE } from './layout.ts';

/** The map in which each socket of the cgroup has its mark. A mark goes with its socket. */
export const MARKS = 'marks';

const LOOPBACK_IN_MEMORY = 0x0100007f;
const PROTOCOLS = { tcp: 6, udp: 17, mptcp: 262 };
const FOUND = 7;

/**
 * Marks a socket as it is made. One that no hook judges later is not made at all: raw ones, ping, SCTP, UDP-Lite.
 */
export const markNewSocket: Code = [
  load(2, 1, SOCKET.type),
  load(3, 1, SOCKET.protocol),
  jumpIf(2, '>', 2, 'refuse'), // neither a stream nor datagrams
  ...Object.values(PROTOCOLS).map((protocol) => jumpIf(3, '==', protocol, 'mark')),
  'refuse',
  ...answer(0),
  'mark',
  ...mark(),
];

/** Marks a socket as it is bound: that below one of MPTCP is made by the kernel. */
export const markBoundSocket: Code = mark();

function mark(): Code {
  return [copy(2, 1), ...loadMap(1, MARKS), set(3, 0), set(4, 1), call(FUNCTION.storageOf), ...answer(1)];
}

/**
 * Allows what would arrive at a socket with a mark. The kernel is asked which socket that is, by the target and by the
 * source that ours is bound to or will get: in 127.0.0.0/8 that is 127.0.0.1, elsewhere the target itself.
 * @param at where the target stands
 */
export function allowOwnSocket(family: Family, at: number, otherwise: string): Code {
  const length = lengthOf(family);
  const [source, target, ports] = [TUPLE, TUPLE + length, TUPLE + 2 * length];
  const label = (name: string) => `${name} ${family}`;
  const words = Array.from({ length: length / 4 }, (_, index) => 4 * index);
  const isLoopback = [
    copy(0, 3),
    and(0, 0xff),
    jumpIf(0, '!=', 127, 'elsewhere'),
    set(3, LOOPBACK_IN_MEMORY),
    'elsewhere',
  ];
  return [
    load(1, CONTEXT, ASKED.socket, 8),
    load(3, 1, SOCKET.port),
    swap(3, 16),
    store(STACK, ports, 3, 2),
    load(3, CONTEXT, ASKED.port),
    store(STACK, ports + 2, 3, 2),
    set(4, 0),
    ...words.flatMap((word) => [
      load(3, CONTEXT, at + word),
      store(STACK, target + word, 3),
      load(3, 1, (family === 4 ? SOCKET.ip4 : SOCKET.ip6) + word),
      store(STACK, source + word, 3),
      or(4, 3),
    ]),
    jumpIf(4, '!=', 0, label('bound')),
    ...words.flatMap((word) => [
      load(3, STACK, target + word),
      ...(family === 4 ? isLoopback : []),
      store(STACK, source + word, 3),
    ]),
    label('bound'),
    copy(1, CONTEXT),
    copy(2, STACK),
    add(2, TUPLE),
    set(3, 2 * length + 4),
    set(4, -1), // in the socket's own network
    set(5, 0),
    load(0, CONTEXT, ASKED.type),
    jumpIf(0, '==', STREAM, label('stream')),
    call(FUNCTION.udpSocketAt),
    jump(label('asked')),
    label('stream'),
    call(FUNCTION.tcpSocketAt),
    label('asked'),
    jumpIfNull(0, otherwise),
    copy(FOUND, 0),
    ...loadMap(1, MARKS),
    copy(2, FOUND),
    set(3, 0),
    set(4, 0),
    call(FUNCTION.storageOf),
    copy(1, FOUND),
    copy(FOUND, 0),
    call(FUNCTION.release),
    jumpIfNull(FOUND, otherwise),
    jump('allow'),
  ];
}
