import type { ErrorCode, ErrorParams } from '@marteau/shared';

/** Why a job failed, as it crosses from the child to us. */
export type Failure =
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly params: object }
  /** No ref of that name; these there are. */
  | { readonly kind: 'no-ref'; readonly name: string; readonly refs: readonly string[] }
  /** What git said. */
  | { readonly kind: 'said'; readonly said: string };

/**
 * Ends a job. The child loads nothing of @marteau/shared but types (it takes four times as long as git itself), so
 * the error of the catalogue is made at the other end.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

export function refusal<C extends ErrorCode>(code: C, params: ErrorParams<C>): Refusal {
  return new Refusal({ kind: 'error', code, params });
}
