/** Makes the parts of a page one by one: a part that cannot be made takes no other with it. */
export interface Parts {
  /**
   * @param name as a reader knows it
   * @param nothing what stands in its place when it cannot be made
   */
  make<T, N>(name: string, nothing: N, make: () => T): T | N;
  /** A sentence for each that could not be made. */
  readonly missing: readonly string[];
}

/** Longer messages are cut: they are for whoever looks for the mistake. */
const LONGEST_MESSAGE = 200;

export function startParts(): Parts {
  const missing: string[] = [];
  return {
    missing,
    make(name, nothing, make) {
      try {
        return make();
      } catch (error) {
        const why = error instanceof Error ? error.message.slice(0, LONGEST_MESSAGE) : 'for no known reason';
        missing.push(`“${name}” could not be drawn (${why}). Its numbers are in results.json.`);
        return nothing;
      }
    },
  };
}
