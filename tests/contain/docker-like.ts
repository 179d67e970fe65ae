import { join } from 'node:path';

/** By processor: what Docker's default profile keeps from who has no privileges, as far as compartments would need it. */
const CALLS = {
  x64: { calls: '157,302', clone: 56, refused: [272, 308, 165, 166, 155, 161, 321, 298, 250, 248, 249, 425] },
  arm64: { calls: '167,261', clone: 220, refused: [97, 268, 40, 39, 41, 51, 280, 241, 219, 217, 218, 425] },
};
/** open_tree, move_mount, fsopen and their like, which have one number everywhere. */
const MOUNTS = [428, 429, 430, 431, 432, 433, 442];
const CLONE3 = 435;
const NEW_NAMESPACES = 0x7e020000;
const [LOAD, JUMP_EQUAL, JUMP_ANY_BIT, RETURN] = [0x20, 0x15, 0x45, 0x06];
const [ALLOW, EPERM, ENOSYS] = [0x7fff0000, 0x00050001, 0x00050026];

/** Words to put before a program that then finds itself in a container without privileges, as far as system calls go. */
export function dockerLike(): string[] {
  const { calls, clone, refused } = CALLS[process.arch as keyof typeof CALLS];
  const instructions = [
    [LOAD, 0, 0, 0],
    ...[...refused, ...MOUNTS].flatMap((call) => [
      [JUMP_EQUAL, 0, 1, call],
      [RETURN, 0, 0, EPERM],
    ]),
    [JUMP_EQUAL, 0, 1, CLONE3],
    [RETURN, 0, 0, ENOSYS],
    [JUMP_EQUAL, 0, 3, clone],
    [LOAD, 0, 0, 16],
    [JUMP_ANY_BIT, 0, 1, NEW_NAMESPACES],
    [RETURN, 0, 0, EPERM],
    [RETURN, 0, 0, ALLOW],
  ];
  const filter = Buffer.concat(
    instructions.map(([code, ifTrue, ifFalse, value]) => {
      const bytes = Buffer.from([code!, 0, ifTrue!, ifFalse!, 0, 0, 0, 0]);
      bytes.writeUInt32LE(value!, 4);
      return bytes;
    }),
  );
  const script = join(import.meta.dirname, '../../packages/launch/src/sandboxes/confine.pl');
  return ['perl', script, calls, '2', '-', '-', filter.toString('hex')];
}
