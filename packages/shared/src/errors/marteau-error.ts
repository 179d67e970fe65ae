import { catalogue, type ErrorCode, type ErrorParams } from './catalogue.ts';
import type { ErrorEntry } from './entry.ts';

/** An error of the catalogue: `code` is stable, `message` is the sentence for a person. */
export class MarteauError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'MarteauError';
  readonly code: C;
  readonly params: ErrorParams<C>;
  /** HTTP status. */
  readonly status: number;
  /** Whether the same request may succeed later. */
  readonly retry: boolean;

  constructor(code: C, params: ErrorParams<C>, options?: ErrorOptions) {
    const known = catalogue[code] as unknown as ErrorEntry<ErrorParams<C>>;
    super(known.sentence(params), options);
    this.code = code;
    this.params = params;
    this.status = known.status;
    this.retry = known.retry;
  }
}

/** Whether an unknown thrown value is an error of the catalogue (of one code, if given). */
export function isMarteauError<C extends ErrorCode>(error: unknown, code?: C): error is MarteauError<C> {
  return error instanceof MarteauError && (code === undefined || error.code === code);
}
