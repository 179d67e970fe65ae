/** What this worker does right now, for its tile on the home page. */
export class Activity {
  readonly #doing = new Set<string>();

  /** In words, "cloning Marketplace"; empty when idle. */
  get words(): string {
    return [...this.#doing].join(', ');
  }

  /** Says what is done while the work lasts. */
  async during<T>(words: string, work: () => Promise<T>): Promise<T> {
    this.#doing.add(words);
    try {
      return await work();
    } finally {
      this.#doing.delete(words);
    }
  }
}
