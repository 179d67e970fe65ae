/** The context that a suite's function and its hooks are called with: node:test's SuiteContext. */
export class SuiteContext {
  readonly name: string;
  readonly fullName: string;
  readonly filePath = process.argv[1];
  readonly signal = new AbortController().signal;
  readonly passed = false;
  readonly attempt = 0;
  readonly #tell: (text: string) => void;

  /** @param tell a person, what the script has to say */
  constructor({ name, fullName }: { name: string; fullName: string }, tell: (text: string) => void) {
    this.name = name;
    this.fullName = fullName;
    this.#tell = tell;
  }

  diagnostic(message: string): void {
    this.#tell(String(message));
  }

  log(message: string): void {
    this.#tell(String(message));
  }
}
