/** The environment is wrong; each line of the message names a variable and what would be right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const on = ['1', 'true'];
const off = ['0', 'false'];

/**
 * Reads settings from environment variables, and collects what is wrong with them: whoever starts a program is told
 * all of it at once by `check`. A variable that is empty is one that is not set.
 */
export class Environment {
  readonly #variables: Record<string, string | undefined>;
  readonly #mistakes: string[] = [];

  constructor(variables: Record<string, string | undefined>) {
    this.#variables = variables;
  }

  /** Without the spaces around it; null where it is not set. */
  text(name: string): string | null {
    return this.#variables[name]?.trim() || null;
  }

  /** @param parse is given what is set, and throws an Error with a sentence when it cannot use it */
  parsed<T, D = T>(name: string, parse: (text: string) => T, byDefault: D): T | D {
    const text = this.text(name);
    if (text === null) return byDefault;
    try {
      return parse(text);
    } catch (error) {
      this.wrong((error as Error).message);
      return byDefault;
    }
  }

  oneOf<T extends string>(name: string, values: readonly T[], byDefault: T): T {
    const parse = (text: string): T => {
      const found = values.find((value) => value === text);
      if (found === undefined) throw new Error(`${name} is "${text}"; it takes one of ${values.join(', ')}.`);
      return found;
    };
    return this.parsed(name, parse, byDefault);
  }

  isOn(name: string, byDefault: boolean): boolean {
    return on.includes(this.oneOf(name, [...off, ...on], byDefault ? '1' : '0'));
  }

  /** A number above 0, as many times `unit` as it says. @param what says what it takes */
  amount<D>(name: string, unit: number, what: string, byDefault: D): number | D {
    const parse = (text: string): number => {
      if (Number(text) > 0 && Number.isFinite(Number(text))) return Number(text) * unit;
      throw new Error(`${name} is "${text}"; it takes ${what}.`);
    };
    return this.parsed(name, parse, byDefault);
  }

  /** A mistake that only several settings together make. */
  wrong(sentence: string): void {
    this.#mistakes.push(sentence);
  }

  /** @throws ConfigError with all that is wrong */
  check(): void {
    if (this.#mistakes.length > 0) throw new ConfigError(this.#mistakes.join('\n'));
  }
}
