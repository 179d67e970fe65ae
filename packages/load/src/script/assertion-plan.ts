/** How many assertions and subtests a test is to have, and has had. */
export class AssertionPlan {
  readonly #expected: number;
  readonly #wait: boolean | number;
  #actual = 0;
  #met: (() => void) | null = null;

  /** @param wait true, or for how many ms, for those that come after the test's function has ended */
  constructor(expected: number, wait: boolean | number = false) {
    this.#expected = expected;
    this.#wait = wait;
  }

  count(): void {
    this.#actual += 1;
    if (this.#actual === this.#expected) this.#met?.();
  }

  /** @throws Error when there were fewer or more */
  async check(): Promise<void> {
    if (this.#actual < this.#expected && this.#wait !== false) await this.#missing(this.#wait);
    if (this.#actual !== this.#expected)
      throw new Error(`plan expected ${this.#expected} assertions but received ${this.#actual}`);
  }

  #missing(wait: true | number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () =>
        reject(
          new Error(
            `plan timed out after ${wait}ms with ${this.#actual} assertions when expecting ${this.#expected}`,
          ),
        );
      const timer = wait === true ? undefined : setTimeout(late, wait);
      this.#met = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
