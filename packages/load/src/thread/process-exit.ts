/** The script called process.exit: under load that ends what called it, not the process that all users share. */
export class ProcessExit extends Error {
  override readonly name = 'ProcessExit';

  constructor(code: unknown) {
    super(
      `process.exit(${code ?? ''}) was called: under load a test may throw, but not end the process of all users`,
    );
  }
}

/** What belongs to the process, and so to no user. */
const shared = {
  chdir: 'the folder is that of all users. Name files by import.meta.dirname.',
  umask: 'it is that of all users. Give fs the mode of a file.',
};

/** From here on a script cannot end the process of all users, nor change what all of them would find changed. */
export function refuseExit(): void {
  const { umask } = process;
  process.setMaxListeners(0); // each user may wait for the end
  const exit = (code?: unknown): never => {
    throw new ProcessExit(code);
  };
  Object.assign(process, {
    exit,
    reallyExit: exit,
    chdir() {
      throw new Error(`process.chdir() does not work under load: ${shared.chdir}`);
    },
    umask(...mask: unknown[]) {
      if (mask.length === 0) return umask();
      throw new Error(`process.umask(mask) does not work under load: ${shared.umask}`);
    },
  });
}
