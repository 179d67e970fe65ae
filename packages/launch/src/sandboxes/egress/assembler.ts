/** A register: r0 has a call's answer, r1 to r5 its arguments, which it spoils; r6 to r9 stay; r10 is the stack's end. */
type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/**
 * An instruction of eBPF (RFC 9669) has 8 bytes: operation, registers (source · 16 + target), a distance of 16 bits, a
 * number of 32. A jump's distance is a label here; `map` names the map whose descriptor goes into the number.
 */
interface Instruction {
  readonly operation: number;
  readonly registers: number;
  readonly distance: number | string;
  readonly value: number;
  readonly map?: string;
}

/** A text is a label: here is where jumps to it go. */
export type Code = readonly (Instruction | string)[];

const WIDTH = { 2: 0x08, 4: 0x00, 8: 0x18 };
const COMPARISON = { '==': 0x16, '!=': 0x56, '<': 0xa6, '>': 0x26 }; // 32 bits, without sign

function instruction(
  operation: number,
  target: Register,
  source: Register,
  distance: number | string = 0,
  value = 0,
): Instruction {
  return { operation, registers: source * 16 + target, distance, value };
}

export const set = (target: Register, value: number) => instruction(0xb7, target, 0, 0, value);
export const copy = (target: Register, source: Register) => instruction(0xbf, target, source);
export const add = (target: Register, value: number) => instruction(0x07, target, 0, 0, value);
/** Of the lower 32 bits; the upper ones become 0. */
export const and = (target: Register, mask: number) => instruction(0x54, target, 0, 0, mask);
export const or = (target: Register, source: Register) => instruction(0x4f, target, source);
/** Between the network's order of bytes and ours; what is above becomes 0. */
export const swap = (target: Register, bits: 16 | 32) => instruction(0xdc, target, 0, 0, bits);
export const load = (target: Register, from: Register, at: number, width: keyof typeof WIDTH = 4) =>
  instruction(0x61 | WIDTH[width], target, from, at);
export const store = (to: Register, at: number, source: Register, width: keyof typeof WIDTH = 4) =>
  instruction(0x63 | WIDTH[width], to, source, at);
/** Adds 64 bits to memory that other processors change, too. */
export const addTo = (to: Register, source: Register) => instruction(0xdb, to, source);
export const jump = (label: string) => instruction(0x05, 0, 0, label);
export const jumpIf = (
  register: Register,
  comparison: keyof typeof COMPARISON,
  value: number,
  label: string,
) => instruction(COMPARISON[comparison], register, 0, label, value);
export const jumpIfNull = (pointer: Register, label: string) => instruction(0x15, pointer, 0, label);
/** One of the kernel's functions, by its number in linux/bpf.h. */
export const call = (number: number) => instruction(0x85, 0, 0, 0, number);
export const loadMap = (target: Register, map: string): Code => [
  { ...instruction(0x18, target, 1), map },
  instruction(0, 0, 0),
];
/** Ends the program: 1 lets pass, 0 refuses. */
export const answer = (value: 0 | 1): Code => [set(0, value), instruction(0x95, 0, 0)];

/**
 * The bytes of a program for a machine whose lowest byte comes first, and where in them descriptors of maps belong.
 * @throws RangeError where a jump goes further than an instruction can say
 */
export function assemble(code: Code): { bytes: Buffer; maps: Record<number, string> } {
  const labels = new Map<string, number>();
  const instructions: Instruction[] = [];
  for (const step of code) {
    if (typeof step === 'string') labels.set(step, instructions.length);
    else instructions.push(step);
  }
  const bytes = Buffer.alloc(instructions.length * 8);
  const maps: Record<number, string> = {};
  for (const [index, { operation, registers, distance, value, map }] of instructions.entries()) {
    bytes.writeUInt8(operation, index * 8);
    bytes.writeUInt8(registers, index * 8 + 1);
    bytes.writeInt16LE(
      typeof distance === 'string' ? labels.get(distance)! - index - 1 : distance,
      index * 8 + 2,
    );
    bytes.writeInt32LE(value | 0, index * 8 + 4);
    if (map) maps[index * 8 + 4] = map;
  }
  return { bytes, maps };
}
