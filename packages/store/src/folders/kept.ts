/** What the data folder keeps beside runs. */
interface Kept {
  /** Of a file, or of a folder of files, in the data folder. */
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Whoever has it may do something: it opens, signs or calls. */
  readonly isSecret: boolean;
}

const folder = (name: string, isSecret = false): Kept => ({ name, kind: 'folder', isSecret });
const secretFile = (name: string): Kept => ({ name, kind: 'file', isSecret: true });

/** All that a back-up is made of, runs aside. What is not named here can be made again, or is this machine's own. */
export const KEPT: readonly Kept[] = [
  folder('audit'),
  folder('bin'),
  folder('blocks'),
  folder('hooks', true),
  folder('keys', true),
  folder('mailboxes'),
  folder('people'),
  folder('projects'),
  folder('schedules'),
  folder('secrets', true),
  folder('teams'),
  secretFile('link.key'),
  secretFile('secrets.key'),
];
