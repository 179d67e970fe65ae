/** The script called process.exit: under load that ends what called it, not the process that all users share. */
export class ProcessExit extends Error {
  override readonly name = 'ProcessExit';

  constructor(code: unknown) {
    super(
      `process.exit(${code ?? ''}) was called: under load a test may throw, but not end the process of all users`,
    );
  }
}

/** From here on process.exit throws. */
export function refuseExit(): void {
  const refuse = (code?: unknown): never => {
    throw new ProcessExit(code);
  };
  Object.assign(process, { exit: refuse, reallyExit: refuse });
}
