import type { Assembled } from './assembler.ts';
import { call, type Order, set } from './hands.ts';

/** Numbers of linux/bpf.h. */
const COMMAND = { mapCreate: 0, mapUpdate: 2, programLoad: 5, attach: 8, btfLoad: 18, lookupBatch: 24 };
const ARRAY = 2;
const LRU_HASH = 9;
const SOCKET_STORAGE = 24;
const NO_PREALLOCATION = 1;
const ALLOW_MULTIPLE = 2;
const REPLACE = 4;
const ERRORS_IN_LOG = 4;

const ATTRIBUTES_BYTES = 128;
const LOG_BYTES = 1 << 13;

/** Where programs are asked, by the names of our own: the program's type, and the place. */
export const HOOKS = {
  made: [9, 2],
  bound4: [9, 12],
  bound6: [9, 13],
  connect4: [18, 10],
  connect6: [18, 11],
  send4: [18, 14],
  send6: [18, 15],
  released: [9, 34],
  sent: [8, 1],
} as const;
export type Hook = keyof typeof HOOKS;

/** bpf(2). Fields of its attributes by their offsets: numbers of 32 bits, or names of what was set or called before. */
function bpf(name: string, command: number, fields: Readonly<Record<number, number | string>>): Order[] {
  const bytes = Buffer.alloc(ATTRIBUTES_BYTES);
  const links: Record<number, string> = {};
  for (const [offset, field] of Object.entries(fields)) {
    if (typeof field === 'string') links[Number(offset)] = field;
    else bytes.writeUInt32LE(field, Number(offset));
  }
  return [
    set(`${name}.attributes`, bytes, links),
    call(name, 'bpf', command, `${name}.attributes`, bytes.length),
  ];
}

/** A map that forgets what was not used for longest where it is full. */
export function makeCounts(name: string, keyBytes: number, valueBytes: number, most: number): Order[] {
  return bpf(name, COMMAND.mapCreate, { 0: LRU_HASH, 4: keyBytes, 8: valueBytes, 12: most });
}

/** A map of so many values, by their numbers. */
export function makeArray(name: string, valueBytes: number, length: number): Order[] {
  return bpf(name, COMMAND.mapCreate, { 0: ARRAY, 4: 4, 8: valueBytes, 12: length });
}

/** Writes a value of such a map. */
export function writeValue(name: string, map: string, index: number, value: Buffer): Order[] {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(index);
  return [
    set(`${name}.key`, key),
    set(`${name}.value`, value),
    ...bpf(name, COMMAND.mapUpdate, { 0: map, 8: `${name}.key`, 16: `${name}.value` }),
  ];
}

/** A map with 32 bits of a socket each, which go with the socket. The kernel wants to be told their type. */
export function makeSocketStorage(name: string): Order[] {
  return [
    set('types', typesOfInt()),
    ...bpf('types.loaded', COMMAND.btfLoad, { 0: 'types', 16: typesOfInt().length }),
    ...bpf(name, COMMAND.mapCreate, {
      ...{ 0: SOCKET_STORAGE, 4: 4, 8: 4, 16: NO_PREALLOCATION },
      ...{ 48: 'types.loaded', 52: 1, 56: 1 },
    }),
  ];
}

/** BTF with one type, `int`: a header, the type, and the texts "" and "int". */
function typesOfInt(): Buffer {
  const header = [0x0001_eb9f, 24, 0, 16, 16, 5];
  const type = [1, 1 << 24, 4, (1 << 24) | 32];
  return Buffer.concat([Buffer.from(Uint32Array.from([...header, ...type]).buffer), Buffer.from('\0int\0')]);
}

/** @param name of the program, behind which its log has `.log` */
export function loadProgram(name: string, hook: Hook, { bytes, maps }: Assembled): Order[] {
  const [type, place] = HOOKS[hook];
  return [
    set(`${name}.code`, bytes, maps),
    set('licence', Buffer.from('GPL\0')),
    set(`${name}.log`, Buffer.alloc(LOG_BYTES)),
    ...bpf(name, COMMAND.programLoad, {
      ...{ 0: type, 4: bytes.length / 8, 8: `${name}.code`, 16: 'licence', 68: place },
      ...{ 24: ERRORS_IN_LOG, 28: LOG_BYTES, 32: `${name}.log` },
    }),
  ];
}

/** @param old the program whose place it takes, in one step */
export function attachProgram(name: string, hook: Hook, folder: string, old?: string): Order[] {
  const flags = old === undefined ? ALLOW_MULTIPLE : ALLOW_MULTIPLE | REPLACE;
  const fields = { 0: folder, 4: name, 8: HOOKS[hook][1], 12: flags };
  return bpf(`${name}.attached`, COMMAND.attach, old === undefined ? fields : { ...fields, 16: old });
}

/** Reads up to `most` entries of a map into `keys` and `values`; their number is then at 32 in the attributes. */
export function readMap(
  name: string,
  map: string,
  keyBytes: number,
  valueBytes: number,
  most: number,
): Order[] {
  return [
    set(`${name}.next`, Buffer.alloc(4)),
    set(`${name}.keys`, Buffer.alloc(keyBytes * most)),
    set(`${name}.values`, Buffer.alloc(valueBytes * most)),
    ...bpf(name, COMMAND.lookupBatch, {
      ...{ 8: `${name}.next`, 16: `${name}.keys`, 24: `${name}.values` },
      ...{ 32: most, 36: map },
    }),
  ];
}
