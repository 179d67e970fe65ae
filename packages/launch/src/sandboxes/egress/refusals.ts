import {
  add,
  addTo,
  type Code,
  call,
  copy,
  jump,
  jumpIfNull,
  load,
  loadMap,
  set,
  store,
} from './assembler.ts';
import { ASKED, CONTEXT, COUNT, type Family, FUNCTION, KEY, PORT, STACK, STREAM } from './layout.ts';
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

/** Counts what is asked for. */
export function countRefusal(family: Family): Code {
  return [
    ...(family === 4
      ? [
          set(1, 0),
          store(STACK, KEY, 1, 8),
          set(1, MAPPED_IN_MEMORY),
          store(STACK, KEY + 8, 1),
          load(1, CONTEXT, ASKED.ip4),
          store(STACK, KEY + 12, 1),
        ]
      : [0, 4, 8, 12].flatMap((word) => [load(1, CONTEXT, ASKED.ip6 + word), store(STACK, KEY + word, 1)])),
    store(STACK, KEY + 16, PORT),
    load(1, CONTEXT, ASKED.type),
    store(STACK, KEY + 20, 1),
    ...loadMap(1, REFUSALS),
    copy(2, STACK),
    add(2, KEY),
    call(FUNCTION.find),
    set(1, 1),
    jumpIfNull(0, 'first'),
    addTo(0, 1),
    jump('counted'),
    'first',
    store(STACK, COUNT, 1, 8),
    ...loadMap(1, REFUSALS),
    copy(2, STACK),
    add(2, KEY),
    copy(3, STACK),
    add(3, COUNT),
    set(4, 0),
    call(FUNCTION.update),
    'counted',
  ];
}

const MAPPED_IN_MEMORY = -0x10000; // ::ffff:0:0/96

/** Reads what the programs have counted. */
export function readRefusals(keys: Buffer, counts: Buffer, length: number): RefusedConnection[] {
  return Array.from({ length }, (_, index) => {
    const at = index * KEY_BYTES;
    return {
      address: addressOf([0, 4, 8, 12].map((word) => keys.readUInt32BE(at + word))),
      port: keys.readUInt32LE(at + 16),
      protocol: keys.readUInt32LE(at + 20) === STREAM ? 'tcp' : 'udp',
      count: Number(counts.readBigUInt64LE(index * COUNT_BYTES)),
    };
  });
}
