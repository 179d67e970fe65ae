/**
 * Programs for the virtual machine of the kernel, eBPF (RFC 9669), as text: statements with `;` or a new line between,
 * remarks behind `#`. `r0` has a call's answer, `r1` to `r5` its arguments, which it spoils, `r6` to `r9` stay, `r10` is
 * the end of the stack; `w` is the lower half of a register. `be16 r1` turns the network's order of bytes into ours and
 * back; `map NAME` is a map of the kernel, to be filled in; a name with a colon is where a `goto` leads.
 */
const FORMS: readonly (readonly [form: RegExp, build: (...words: string[]) => Words])[] = [
  [/^r(\d+) = (-?\d+)$/, (to, value) => [0xb7, to, 0, 0, value]],
  [/^r(\d+) = r(\d+)$/, (to, from) => [0xbf, to, from]],
  [/^r(\d+) \+= (-?\d+)$/, (to, value) => [0x07, to, 0, 0, value]],
  [/^r(\d+) \+= r(\d+)$/, (to, from) => [0x0f, to, from]],
  [/^r(\d+) >>= (\d+)$/, (to, value) => [0x77, to, 0, 0, value]],
  [/^r(\d+) \|= r(\d+)$/, (to, from) => [0x4f, to, from]],
  [/^w(\d+) &= (\d+)$/, (to, value) => [0x54, to, 0, 0, value]],
  [/^r(\d+) = be(16|32) r\1$/, (to, bits) => [0xdc, to, 0, 0, bits]],
  [/^r(\d+) = u(16|32|64)\[r(\d+) (-?\d+)\]$/, (to, bits, from, at) => [0x61 | WIDTH[bits!]!, to, from, at]],
  [/^u(16|32|64)\[r(\d+) (-?\d+)\] = r(\d+)$/, (bits, to, at, from) => [0x63 | WIDTH[bits!]!, to, from, at]],
  [/^lock u64\[r(\d+) (-?\d+)\] \+= r(\d+)$/, (to, at, from) => [0xdb, to, from, at]],
  [/^goto (\w+)$/, (label) => [0x05, 0, 0, label]],
  [
    /^if w(\d+) (==|!=|<|>) (\d+) goto (\w+)$/,
    (of, how, value, label) => [COMPARISON[how!], of, 0, label, value],
  ],
  [/^if r(\d+) == 0 goto (\w+)$/, (of, label) => [0x15, of, 0, label]],
  [
    /^if r(\d+) (==|>) r(\d+) goto (\w+)$/,
    (of, how, other, label) => [how === '>' ? 0x2d : 0x1d, of, other, label],
  ],
  [/^r(\d+) = map (\w+)$/, (to, map) => [0x18, to, 1, 0, map]],
  [/^call (\w+)$/, (name) => [0x85, 0, 0, 0, FUNCTIONS[name!]]],
  [/^exit$/, () => [0x95]],
];

/** Operation, target, source, distance (that of a label, in a jump), value (a descriptor, of a map). */
type Words = [operation?: string | number, ...(string | number | undefined)[]];

const WIDTH: Record<string, number> = { 16: 0x08, 32: 0x00, 64: 0x18 };
const COMPARISON: Record<string, number> = { '==': 0x16, '!=': 0x56, '<': 0xa6, '>': 0x26 }; // without sign
const FUNCTIONS: Record<string, number> = {
  ...{ map_lookup_elem: 1, map_update_elem: 2, ktime_get_ns: 5 },
  ...{ sk_lookup_tcp: 84, sk_lookup_udp: 85, sk_release: 86, sk_storage_get: 107 },
};

/** A program for a machine whose lowest byte comes first. */
export interface Assembled {
  readonly bytes: Buffer;
  /** Whose descriptors belong into the bytes, by offset. */
  readonly maps: Readonly<Record<number, string>>;
}

/** @throws RangeError where a jump goes further than 32,767 instructions; SyntaxError */
export function assemble(text: string): Assembled {
  const labels = new Map<string, number>();
  const instructions: Words[] = [];
  for (const statement of text.replaceAll(/#.*/g, '').split(/[;\n]/)) {
    const [, label, plain] = /^\s*(?:(\w+):)?\s*(.*?)\s*$/.exec(statement)!;
    if (label) labels.set(label, instructions.length);
    if (plain) instructions.push(read(plain));
    if (plain?.includes(' map ')) instructions.push([0]); // of its descriptor's 64 bits, the upper half
  }
  const bytes = Buffer.alloc(instructions.length * 8);
  const maps: Record<number, string> = {};
  for (const [
    index,
    [operation, target = 0, source = 0, distance = 0, value = 0],
  ] of instructions.entries()) {
    const at = index * 8;
    const to = Number.isNaN(Number(distance)) ? labels.get(String(distance)) : index + 1 + Number(distance);
    if (to === undefined) throw new SyntaxError(`There is no label ${distance}`);
    bytes.writeUInt8(Number(operation), at);
    bytes.writeUInt8(Number(source) * 16 + Number(target), at + 1);
    bytes.writeInt16LE(to - index - 1, at + 2);
    if (operation === 0x18) maps[at + 4] = String(value);
    else bytes.writeInt32LE(Number(value) | 0, at + 4);
  }
  return { bytes, maps };
}

function read(statement: string): Words {
  for (const [form, build] of FORMS) {
    const found = form.exec(statement);
    const words = found ? build(...found.slice(1)) : [undefined];
    if (!words.includes(undefined)) return words;
  }
  throw new SyntaxError(`“${statement}” is no instruction`);
}
