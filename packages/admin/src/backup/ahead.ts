/** Does `work` for each of these, so many at once, and hands over what comes of it in their order. */
export async function* ahead<T, R>(
  all: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  work: (one: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  for await (const one of all) {
    const next = work(one);
    next.catch(() => {}); // thrown when it is its turn
    begun.push(next);
    if (begun.length >= atOnce) yield await begun.shift()!;
  }
  for (const next of begun) yield await next;
}
