/** Remembers a few answers for a short time; who asks for one that is being fetched gets that one. */
export interface Memory<T> {
  get(key: string, fetch: () => Promise<T>): Promise<T>;
  /** One answer, or all. */
  forget(key?: string): void;
}

/**
 * @param limit how many answers
 * @param lifetimeMs how long; failures are not remembered
 * @param clock ms
 */
export function createMemory<T>(limit: number, lifetimeMs: number, clock: () => number): Memory<T> {
  const answers = new Map<string, { at: number; answer: Promise<T> }>();

  return {
    get(key, fetch) {
      const known = answers.get(key);
      if (known && clock() - known.at < lifetimeMs) return known.answer;
      const answer = fetch();
      answers.delete(key);
      answers.set(key, { at: clock(), answer });
      answer.catch(() => answers.get(key)?.answer === answer && answers.delete(key));
      for (const oldest of answers.keys()) {
        if (answers.size <= limit) break;
        answers.delete(oldest);
      }
      return answer;
    },
    forget(key) {
      if (key === undefined) answers.clear();
      else answers.delete(key);
    },
  };
}
