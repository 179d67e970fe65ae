/** One kind of error: what HTTP says, whether trying again can help, and the sentence a person reads. */
export interface ErrorEntry<P> {
  /** HTTP status of the problem details. */
  status: number;
  /** True when the same request may succeed later without anybody changing anything. */
  retry: boolean;
  /** What happened, why, and what to do. Never holds a secret. */
  sentence: (params: P) => string;
}

/** Declares one entry of the catalogue and fixes the type of its parameters. */
export function entry<P extends object = Record<string, never>>(
  status: number,
  sentence: (params: P) => string,
  retry = false,
): ErrorEntry<P> {
  return { status, retry, sentence };
}
