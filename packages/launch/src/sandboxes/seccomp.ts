/** System calls that no script, app, compiler or browser needs, and that have led out of containers. */
const REFUSED: Record<string, Partial<Record<NodeJS.Architecture, number>>> = {
  // Other processes' memory and descriptors.
  ptrace: { x64: 101, arm64: 117 },
  process_vm_readv: { x64: 310, arm64: 270 },
  process_vm_writev: { x64: 311, arm64: 271 },
  process_madvise: { x64: 440, arm64: 440 },
  kcmp: { x64: 312, arm64: 272 },
  pidfd_getfd: { x64: 438, arm64: 438 },
  // Mounts and roots.
  mount: { x64: 165, arm64: 40 },
  umount2: { x64: 166, arm64: 39 },
  pivot_root: { x64: 155, arm64: 41 },
  chroot: { x64: 161, arm64: 51 },
  open_tree: { x64: 428, arm64: 428 },
  move_mount: { x64: 429, arm64: 429 },
  fsopen: { x64: 430, arm64: 430 },
  fsconfig: { x64: 431, arm64: 431 },
  fsmount: { x64: 432, arm64: 432 },
  fspick: { x64: 433, arm64: 433 },
  mount_setattr: { x64: 442, arm64: 442 },
  open_tree_attr: { x64: 467, arm64: 467 },
  name_to_handle_at: { x64: 303, arm64: 264 },
  open_by_handle_at: { x64: 304, arm64: 265 },
  quotactl: { x64: 179, arm64: 60 },
  quotactl_fd: { x64: 443, arm64: 443 },
  // Namespaces.
  unshare: { x64: 272, arm64: 97 },
  setns: { x64: 308, arm64: 268 },
  // Parts of the kernel with a long list of holes.
  bpf: { x64: 321, arm64: 280 },
  perf_event_open: { x64: 298, arm64: 241 },
  userfaultfd: { x64: 323, arm64: 282 },
  io_uring_setup: { x64: 425, arm64: 425 },
  io_uring_enter: { x64: 426, arm64: 426 },
  io_uring_register: { x64: 427, arm64: 427 },
  add_key: { x64: 248, arm64: 217 },
  request_key: { x64: 249, arm64: 218 },
  keyctl: { x64: 250, arm64: 219 },
  memfd_secret: { x64: 447, arm64: 447 },
  modify_ldt: { x64: 154 },
  personality: { x64: 135, arm64: 92 },
  uselib: { x64: 134 },
  lookup_dcookie: { x64: 212, arm64: 18 },
  nfsservctl: { x64: 180, arm64: 42 },
  // The machine as a whole.
  init_module: { x64: 175, arm64: 105 },
  finit_module: { x64: 313, arm64: 273 },
  delete_module: { x64: 176, arm64: 106 },
  kexec_load: { x64: 246, arm64: 104 },
  kexec_file_load: { x64: 320, arm64: 294 },
  reboot: { x64: 169, arm64: 142 },
  swapon: { x64: 167, arm64: 224 },
  swapoff: { x64: 168, arm64: 225 },
  acct: { x64: 163, arm64: 89 },
  iopl: { x64: 172 },
  ioperm: { x64: 173 },
  sethostname: { x64: 170, arm64: 161 },
  setdomainname: { x64: 171, arm64: 162 },
  syslog: { x64: 103, arm64: 116 },
  settimeofday: { x64: 164, arm64: 170 },
  clock_settime: { x64: 227, arm64: 112 },
  clock_adjtime: { x64: 305, arm64: 266 },
  adjtimex: { x64: 159, arm64: 171 },
  vhangup: { x64: 153, arm64: 58 },
  set_mempolicy: { x64: 238, arm64: 237 },
  mbind: { x64: 237, arm64: 235 },
  migrate_pages: { x64: 256, arm64: 238 },
  move_pages: { x64: 279, arm64: 239 },
};

/** How a system is told apart, and the calls whose arguments matter. */
interface System {
  readonly audit: number;
  readonly clone: number;
  readonly socket: number;
  readonly setsockopt: number;
  readonly ioctl: number;
  /** Calls that send, with the offset of their flags in `struct seccomp_data`. */
  readonly sending: readonly (readonly [call: number, flags: number])[];
}

const SYSTEMS: Partial<Record<NodeJS.Architecture, System>> = {
  x64: {
    audit: 0xc000003e,
    clone: 56,
    socket: 41,
    setsockopt: 54,
    ioctl: 16,
    sending: [
      [44, 40],
      [46, 32],
      [307, 40],
    ],
  }, // prettier-ignore
  arm64: {
    audit: 0xc00000b7,
    clone: 220,
    socket: 198,
    setsockopt: 208,
    ioctl: 29,
    sending: [
      [206, 40],
      [211, 32],
      [269, 40],
    ],
  }, // prettier-ignore
};

const CLONE3 = 435;
const X32_BIT = 0x40000000;
/** NEWTIME is no flag of clone: its bit is part of the signal there. */
const NEW_NAMESPACES = 0x7e020000;
const FAMILIES = { unix: 1, inet: 2, inet6: 10, netlink: 16 };
const MPTCP = 262;
/** Of level IPPROTO_IPV6, options by which packets go another way than the address says: RTHDR, and its form of RFC 2292. */
const IPV6_LEVEL = 41;
const ROUTING_HEADERS = [57, 5];
const MSG_FASTOPEN = 0x20000000;
/** Typing into a terminal that others read. */
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

const errno = { EPERM: 1, ENOSYS: 38, EPROTONOSUPPORT: 93, EOPNOTSUPP: 95, EAFNOSUPPORT: 97 };

/** Offsets in `struct seccomp_data`. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const argument = (index: number): number => 16 + 8 * index;

const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const refuse = (code: number): number => 0x00050000 | code;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/**
 * A filter of system calls (seccomp, classic BPF: 8 bytes an instruction) for this kind of processor. It refuses what
 * `REFUSED` lists, new namespaces, families of sockets beside the usual, and what goes round rules for TCP: MPTCP and
 * fast open. Refusals are errors, so that a program goes on without. Null for processors that it is not made for.
 */
export function seccompFilter(arch: NodeJS.Architecture = process.arch): Buffer | null {
  const system = SYSTEMS[arch];
  if (!system) return null;
  const calls = Object.values(REFUSED).flatMap((numbers) => numbers[arch] ?? []);
  return assemble([
    [LOAD, 0, 0, ARCHITECTURE],
    [JUMP_EQUAL, 1, 0, system.audit],
    [RETURN, 0, 0, KILL],
    [LOAD, 0, 0, NUMBER],
    ...(arch === 'x64' ? when(JUMP_AT_LEAST, X32_BIT, errno.ENOSYS) : []),
    ...calls.flatMap((call) => when(JUMP_EQUAL, call, errno.EPERM)),
    // Its flags cannot be read: C libraries then take clone.
    ...when(JUMP_EQUAL, CLONE3, errno.ENOSYS),
    ...of(system.clone, argument(0), when(JUMP_ANY_BIT, NEW_NAMESPACES, errno.EPERM)),
    ...of(system.ioctl, argument(1), [
      ...when(JUMP_EQUAL, TIOCSTI, errno.EPERM),
      ...when(JUMP_EQUAL, TIOCLINUX, errno.EPERM),
    ]),
    ...of(system.socket, argument(2), when(JUMP_EQUAL, MPTCP, errno.EPROTONOSUPPORT)),
    ...of(system.socket, argument(0), unless(Object.values(FAMILIES), errno.EAFNOSUPPORT)),
    ...ofBoth(system.setsockopt, [argument(1), IPV6_LEVEL], argument(2), ROUTING_HEADERS),
    ...system.sending.flatMap(([call, flags]) =>
      of(call, flags, when(JUMP_ANY_BIT, MSG_FASTOPEN, errno.EOPNOTSUPP)),
    ),
    [RETURN, 0, 0, ALLOW],
  ]);
}

/** Refuses when what is loaded compares so. */
function when(jump: number, value: number, code: number): Instruction[] {
  return [
    [jump, 0, 1, value],
    [RETURN, 0, 0, refuse(code)],
  ];
}

/** Refuses when what is loaded is none of the values. */
function unless(values: readonly number[], code: number): Instruction[] {
  const jumps = values.map((value, index): Instruction => [JUMP_EQUAL, values.length - index, 0, value]);
  return [...jumps, [RETURN, 0, 0, refuse(code)]];
}

/** Looks at 32 bits of one call's arguments, and has the call's number loaded again afterwards. */
function of(call: number, offset: number, look: readonly Instruction[]): Instruction[] {
  return [[JUMP_EQUAL, 0, look.length + 2, call], [LOAD, 0, 0, offset], ...look, [LOAD, 0, 0, NUMBER]];
}

/** Refuses one call where one argument is a value and another is among some. */
function ofBoth(
  call: number,
  [first, value]: readonly [offset: number, value: number],
  second: number,
  among: readonly number[],
): Instruction[] {
  const refusals = among.flatMap((option) => when(JUMP_EQUAL, option, errno.EPERM));
  return of(call, first, [[JUMP_EQUAL, 0, refusals.length + 1, value], [LOAD, 0, 0, second], ...refusals]);
}

function assemble(instructions: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    const at = index * 8;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(ifTrue, at + 2);
    bytes.writeUInt8(ifFalse, at + 3);
    bytes.writeUInt32LE(value >>> 0, at + 4);
  }
  return bytes;
}
